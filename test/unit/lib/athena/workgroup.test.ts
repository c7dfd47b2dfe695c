import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { sqlOf, VIEWS } from '../../../../functions/snapshot/tables/views.ts';
import { addCatalog, arnOf, newStack, templateOf } from '../../../support/cdk/catalog-template.ts';
import { KEY_ARN } from '../../../support/cdk/synthesis.ts';

describe('the Athena workgroup', () => {
  test('has the name of the database, overrides client settings and lets Athena keep the results', () => {
    const template = templateOf({ database: 'access_of_people' });
    template.resourceCountIs('AWS::Athena::WorkGroup', 1);
    template.hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: 'access_of_people',
      RecursiveDeleteOption: true,
      WorkGroupConfiguration: Match.objectEquals({
        EnforceWorkGroupConfiguration: true,
        PublishCloudWatchMetricsEnabled: true,
        RequesterPaysEnabled: false,
        BytesScannedCutoffPerQuery: 100_000_000_000,
        EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
        ManagedQueryResultsConfiguration: { Enabled: true },
      }),
    });
  });

  test("encrypts results with the bucket's key, whose policy allows that only for this workgroup", () => {
    const stack = newStack();
    addCatalog(stack, 'Other', { database: 'other', encryptionKey: new Key(stack, 'Key') });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: 'other',
      WorkGroupConfiguration: {
        ManagedQueryResultsConfiguration: {
          Enabled: true,
          EncryptionConfiguration: { KmsKey: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] } },
        },
      },
    });
    const workgroup = arnOf('athena', ':workgroup/other');
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'encryption.athena.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
      Resource: '*',
      Condition: {
        ArnLike: { 'kms:EncryptionContext:aws:athena:arn': workgroup, 'aws:SourceArn': workgroup },
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      },
    };
    template.hasResourceProperties('AWS::KMS::Key', { KeyPolicy: { Statement: [Match.anyValue(), statement] } });
    Annotations.fromStack(stack).hasNoInfo('*', Match.anyValue());
  });

  test('reports what the policy of an imported key must allow', () => {
    const stack = newStack();
    addCatalog(stack, 'Other', { database: 'other', encryptionKey: Key.fromKeyArn(stack, 'Key', KEY_ARN) });
    const said = Match.stringLikeRegexp('encryption\\.athena\\.amazonaws\\.com.*kms:GenerateDataKey');
    Annotations.fromStack(stack).hasInfo('/Snapshots/Other', said);
  });

  test('has a saved query for each view, with a comment that explains it and gives an example', () => {
    const template = templateOf();
    template.resourceCountIs('AWS::Athena::NamedQuery', VIEWS.length);
    for (const { name, comment, example } of VIEWS) {
      template.hasResourceProperties('AWS::Athena::NamedQuery', {
        Name: name,
        Description: comment,
        Database: 'anodot_users',
        WorkGroup: 'anodot_users',
        QueryString: sqlOf(name),
      });
      expect(sqlOf(name).replaceAll('\n-- ', ' ')).toMatch(/^-- .{20,} Example: select /);
      expect(example).toMatch(new RegExp(`^select .* from ${name}\\b`));
      // Athena's limit.
      expect(comment.length).toBeLessThanOrEqual(1024);
    }
  });
});
