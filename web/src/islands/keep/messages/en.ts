export default {
  restored: "This is what you typed before. It was not sent yet.",
  otherTab: "Another tab is changing this, too. What you typed here stays as it is.",
  take: "Take over what stands there",
  offline:
    "There is no network. Nothing is lost: it stays on this page, and you send it when you are online again.",
  online: "You are online again. Send it now.",
} as const;
