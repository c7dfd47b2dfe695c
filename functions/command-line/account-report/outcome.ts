/** What `report` prints once the file is written. */
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import type { Overview } from '../../snapshot/overview/overview.ts';
import { size } from '../text.ts';
import { completenessText, isPublished } from './completeness.ts';
import { headlineText } from './verdict.ts';

export interface Written {
  readonly file: string;
  readonly bytes: number;
  readonly overview: Overview;
  readonly newest: Manifest;
}

export const writtenText = ({ file, bytes, overview, newest }: Written): string =>
  `Wrote ${file}, ${size(bytes)}. ${headlineText(newest)}. ${completenessText(overview.status)}.\n`;

export const writtenJson = ({ file, bytes, overview, newest }: Written): string => {
  const { status } = overview;
  const document = {
    file,
    bytes,
    since: overview.since,
    until: newest.dt,
    days: status.days.length,
    published_days: status.days.filter(isPublished).length,
    missing_days: status.missing_days,
    refused_days: status.refused_days,
    users: newest.user_count,
    administrators: newest.admin_count,
    changes: overview.changes.total,
    commit: newest.commit,
    commit_sha256: overview.newest_commit_sha256,
  };
  return `${JSON.stringify(document)}\n`;
};
