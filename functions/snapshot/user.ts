/** The row of a user, and what else is read from a record. */

import * as z from 'zod';

const text = z.string().nullable();

/**
 * The row of one user. The type, the columns of both formats, the reader of rows and the tables are derived from it.
 * Times are ISO 8601 UTC with milliseconds. Null means unknown: `roles` null isn't "no roles", and `disabled` null isn't "no".
 */
export const USER_ROW = z.object({
  /** Anodot's `_id`. */
  id: z.string(),
  created_at: text,
  first_name: text,
  last_name: text,
  email: text,
  /** Sorted. */
  roles: z.array(z.string()).readonly().nullable(),
  disabled: z.boolean().nullable(),
  owner_organization: text,
  /** Ids, sorted. Empty if the field is absent, null if its value isn't a list of ids. */
  groups: z.array(z.string()).readonly().nullable(),
  /** The id of a group. */
  default_group: text,
  /** Null if the user was never active. */
  last_active: text,
  /** Every value without a column of its own, under its name in the response, as one JSON text. Numbers keep all digits. */
  extra_json: text,
});
export type User = Readonly<z.infer<typeof USER_ROW>>;

/** The columns of a row, in the order of both formats. */
export const USER_COLUMNS: readonly (keyof User)[] = USER_ROW.keyof().options;

/** Anodot's names for its documented fields, in the order of their columns. Without `_id`, which every user has. */
export const DOCUMENTED_FIELDS = [
  'createdAt',
  'firstName',
  'lastName',
  'email',
  'roles',
  'disabled',
  'ownerOrganization',
  'groups',
  'defaultGroup',
  'lastActive',
] as const;
export type DocumentedField = (typeof DOCUMENTED_FIELDS)[number];

/** A user, and how the record differs from the documentation. Holds names of fields, never values. */
export interface ReadUser {
  readonly user: User;
  /** Fields with a valid value. An empty list counts as one, an empty text doesn't. */
  readonly presentFields: readonly DocumentedField[];
  readonly unknownFields: readonly string[];
  readonly aliases: readonly string[];
  readonly missingFields: readonly DocumentedField[];
  /** Fields whose value isn't of the documented type, isn't a time, or is a time that can't be right. */
  readonly invalidFields: readonly DocumentedField[];
  /** How many lone surrogates became U+FFFD. */
  readonly loneSurrogates: number;
}
