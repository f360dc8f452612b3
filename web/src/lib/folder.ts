/** The files of what somebody drops on a page or chooses: folders are followed to their ends. */
export interface FolderFile {
  /** With `/`, relative to what was dropped. */
  path: string;
  file: File;
}

/** The files of a drop. To be called while its event is handled: afterwards browsers have forgotten what was in it. */
export function dropped(transfer: DataTransfer): Promise<FolderFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0)
    return Promise.resolve([...transfer.files].map((file) => ({ path: file.name, file })));
  return follow(entries);
}

/** The files of an input, of a folder or not. */
export function chosen(files: FileList): FolderFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function follow(entries: FileSystemEntry[]): Promise<FolderFile[]> {
  const found: FolderFile[] = [];
  for (const entry of entries) {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      );
      found.push({ path: entry.fullPath.replace(/^\//, ""), file });
    } else if (entry.isDirectory) {
      found.push(...(await follow(await list(entry as FileSystemDirectoryEntry))));
    }
  }
  return found;
}

/** A folder gives its entries in portions of a hundred, and nothing when it is through. */
async function list(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
