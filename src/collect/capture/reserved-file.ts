import { PartialFile } from './partial-file.ts';

/**
 * A small file about a capture whose room is taken before the first frame comes: a full disk must not cost what says how
 * it ended. It may be published while the capture goes on, and again at its end.
 */
export class ReservedFile {
  private readonly path: string;
  private readonly room: number;
  private file: PartialFile | undefined;
  private published = false;

  /** @param room bytes that it will hardly need more of @throws the system's error */
  constructor(path: string, room: number) {
    this.path = path;
    this.room = room;
    this.file = this.reserved();
  }

  /** Gives it its name, and takes room for the next time. @throws the system's error; what was published before stands */
  publish(text: string): void {
    this.finish(text);
    try {
      this.file = this.reserved();
    } catch {
      // The disk is full: the next text must find its own room, or this one stands.
    }
  }

  /** Gives it its name for the last time. @throws the system's error; what was published before stands */
  finish(text: string): void {
    const file = this.file ?? new PartialFile(this.path);
    this.file = undefined;
    try {
      const bytes = Buffer.from(text, 'utf8');
      file.write(bytes, 0);
      file.truncate(bytes.length);
      file.finish(this.published);
    } catch (error) {
      file.discard();
      throw error;
    }
    this.published = true;
  }

  discard(): void {
    this.file?.discard();
    this.file = undefined;
  }

  private reserved(): PartialFile {
    const file = new PartialFile(this.path);
    try {
      file.write(Buffer.alloc(this.room, ' '), 0);
    } catch (error) {
      file.discard();
      throw error;
    }
    return file;
  }
}
