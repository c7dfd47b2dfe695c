import * as z from 'zod';

/** The row of one group of users. Times are ISO 8601 UTC with milliseconds, null if the account doesn't say. */
export const GROUP_ROW = z.object({
  id: z.string(),
  name: z.string(),
  created_at: z.string().nullable(),
  modified_at: z.string().nullable(),
});
export type Group = Readonly<z.infer<typeof GROUP_ROW>>;
