/** The commands by which anyone can recompute what population.html says, without this product. */
import type { Element } from 'hast';
import { ADMIN_ROLE, KEYS } from '../../snapshot/contract.ts';
import { commands, paragraph } from './page-parts.ts';
import type { PopulationOfReview } from './population-of-review.ts';
import { FILES } from './review-files.ts';

export function recomputing({ review }: PopulationOfReview): Element[] {
  const { dt, commit } = review.snapshot;
  const [users, manifest] = [KEYS.json(dt), KEYS.manifest(dt)];
  return [
    paragraph(
      "In the store's folder, or in a copy of the bucket. The hash of the commit, as above and as you noted it:",
    ),
    commands([`sha256sum ${KEYS.commit(commit)}`]),
    paragraph("Each object's hash, as the commit names it:"),
    commands([`jq -r '.objects[] | .sha256 + "  " + .key' ${KEYS.commit(commit)} | sha256sum --check`]),
    paragraph('Users and administrators, from the list and from the manifest:'),
    commands([
      `jq -s length ${users}`,
      `jq -s 'map(select(.roles // [] | index("${ADMIN_ROLE}"))) | length' ${users}`,
      `jq -c '{user_count, admin_count, states, request, response, observed_at}' ${manifest}`,
    ]),
    paragraph(
      `In the folder of the review. The hash of ${FILES.review}, as above and as you noted it, and each other count:`,
    ),
    commands([
      `sha256sum ${FILES.review}`,
      `jq '.rows | length' ${FILES.review}`,
      `jq -c '.rows | group_by(.state) | map({(.[0].state): length}) | add' ${FILES.review}`,
      `jq '[.rows[] | select(.is_dormant)] | length' ${FILES.review}`,
      ...(review.since ? [`jq '[.rows[] | select(.changed_since != "")] | length' ${FILES.review}`] : []),
      ...(review.exceptions ? [`jq '[.rows[] | select(.exception)] | length' ${FILES.review}`] : []),
      ...(review.people
        ? [
            `jq '[.rows[] | select(.is_on_people_list == false)] | length' ${FILES.review}`,
            `jq '.people.without_account | length' ${FILES.review}`,
          ]
        : []),
    ]),
    paragraph("That each row is a user of the snapshot: the hashes of the list's lines, and of the rows."),
    commands([
      `while IFS= read -r line; do printf %s "$line" | sha256sum | cut -c 1-64; done < ${users} | sort | sha256sum`,
      `jq -r '.rows[].sha256' ${FILES.review} | sort | sha256sum`,
    ]),
    paragraph(`As long as ${dt} is the newest day, the view access_review shows the same rows:`),
    commands(["npx anodot-user-snapshots query 'select count(*) from access_review'"]),
  ];
}
