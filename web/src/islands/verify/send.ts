/** Sends a form with a file in it, tells which part of it has left, and gives back the page that answers. */
export function send(form: HTMLFormElement, tell: (part: number) => void): Promise<Document> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.upload.addEventListener("progress", ({ loaded, total }) => tell(total > 0 ? loaded / total : 0));
    request.addEventListener("load", () =>
      resolve(new DOMParser().parseFromString(request.responseText, "text/html")),
    );
    for (const event of ["error", "abort", "timeout"])
      request.addEventListener(event, () => reject(new Error(event)));
    request.send(new FormData(form));
  });
}
