export default {
  begun: "Downloading {name}",
  waiting: "The connection was lost. The download goes on where it stopped.",
  checking: "Checking {name}",
  done: "Complete, and exactly the file that was published: its SHA-256 agrees.",
  wrong: "What arrived is not the file that was published, so it was not saved. Try it again.",
  failed: "The download did not work. Load the page again and try it once more.",
  cancel: "Cancel",
} as const;
