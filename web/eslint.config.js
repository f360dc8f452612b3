import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

/** What the content security policy of the server refuses: `style-src 'self'` and `script-src 'self'` allow nothing inline. */
const inline = [
  {
    selector: "SvelteElement SvelteAttribute[key.name='style']",
    message:
      "The content security policy refuses style attributes: use a class, or `style:property={…}`, which is set by script.",
  },
  {
    selector: "SvelteMustacheTag[kind='raw']",
    message: "HTML out of a string is not escaped.",
  },
];

export default ts.config(
  { ignores: ["dist", "src/generated", "node_modules"] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ["**/*.ts", "**/*.svelte", "**/*.js", "**/*.mjs"],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      // The type checker knows the names better.
      "no-undef": "off",
      "no-restricted-syntax": ["error", ...inline],
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Our addresses are the server's, and those of our own router.
      "svelte/no-navigation-without-resolve": "off",
      // What pages react to is in `$state`; a map or an address beside it is a plain one on purpose.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig },
    },
  },
  { files: ["scripts/**", "*.ts", "*.js"], rules: { "no-console": "off" } },
);
