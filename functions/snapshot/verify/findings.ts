/** Something that `verify` reports about a store. A `note` isn't an error. */
export interface Finding {
  readonly level: 'damaged' | 'interrupted' | 'note';
  /** The object that it is about. */
  readonly key: string;
  readonly message: string;
}

export const damaged = (key: string, message: string): Finding => ({ level: 'damaged', key, message });
export const interrupted = (key: string, message: string): Finding => ({ level: 'interrupted', key, message });
export const note = (key: string, message: string): Finding => ({ level: 'note', key, message });
