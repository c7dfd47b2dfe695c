import { App } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { sqlOf, VIEWS } from '../../../../functions/snapshot/tables/views.ts';
import { AthenaCatalog } from '../../../../lib/athena/athena-catalog.ts';
import { arnOf, catalogIn, templateOf } from '../../../support/cdk/catalog-template.ts';

describe('the workgroup', () => {
  test('has the name of the database, settings that no client changes, and results that Athena keeps', () => {
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

  test('encrypts results with the key of the bucket, which lets Athena do so for this workgroup alone', () => {
    const { stack, bucket } = catalogIn(new App());
    const encryptionKey = new Key(stack, 'Key');
    new AthenaCatalog(stack, 'Other', { database: 'other', bucket, prefix: '', retentionDays: 400, encryptionKey });
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

  test('says what the policy of a key must allow that it has no hand in', () => {
    const { stack, bucket } = catalogIn(new App());
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd');
    new AthenaCatalog(stack, 'Other', { database: 'other', bucket, prefix: '', retentionDays: 400, encryptionKey });
    const said = Match.stringLikeRegexp('encryption\\.athena\\.amazonaws\\.com.*kms:GenerateDataKey');
    Annotations.fromStack(stack).hasInfo('/Snapshots/Other', said);
  });

  test('has the query of each view saved, which says what it answers and gives an example', () => {
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
