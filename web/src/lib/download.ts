// Gives the reader what the page holds as a file.

export function download(name: string, text: string): void {
  saveAs(name, new Blob([text], { type: "text/plain" }));
}

/** The browser keeps large blobs on the disk. */
export function saveAs(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
