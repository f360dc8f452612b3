export default {
  chosen: "{name}, {size}. Its fingerprint, reckoned in your browser:",
  large: "The file has {size}; at most {most} can be verified here.",
  progress: "How much of the file has arrived",
  sending: "The file is on its way.",
  judging: "The file has arrived and is being judged.",
  lost: "The file did not arrive: there seems to be no network. It is still chosen; verify it again when you are online.",
} as const;
