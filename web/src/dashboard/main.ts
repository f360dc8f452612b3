import "../styles/base.css";

import { mount } from "svelte";

import App from "./App.svelte";
import { applySettings } from "./settings";

applySettings();
const target = document.getElementById("app");
if (target) mount(App, { target });
