import { UserSnapshots } from 'anodot-user-snapshots';
import { App, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, Dashboard, GraphWidget, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';

const stack = new Stack(new App(), 'access-records');

// All alarms notify the operators.
const operators = new Topic(stack, 'Operators', { enforceSSL: true });
operators.addSubscription(new EmailSubscription('oncall@example.com'));
const snapshots = new UserSnapshots(stack, 'AnodotUsers', { alarmTopic: operators, retentionDays: 800 });

// A new administrator also notifies the security team.
const security = new Topic(stack, 'Security', { enforceSSL: true });
security.addSubscription(new EmailSubscription('security@example.com'));
snapshots.notifyOn('AdministratorAdded', security);

// An alarm of your own notifies the operators, too. A day without a run must not make it fire: NoSnapshot does that.
const manyLeft = snapshots.metric('ChangesLeft').createAlarm(stack, 'ManyLeft', {
  threshold: 25,
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  evaluationPeriods: 1,
  treatMissingData: TreatMissingData.NOT_BREACHING,
});
manyLeft.addAlarmAction(new SnsAction(operators));

// Auditors can query the tables and views in Athena, but can't read raw responses.
const auditors = new Role(stack, 'Auditors', { assumedBy: new AccountRootPrincipal() });
snapshots.catalog?.grantQuery(auditors);

// A dashboard of the number of users, and of who joined and left.
new Dashboard(stack, 'Dashboard', {
  widgets: [
    [
      new GraphWidget({ title: 'Anodot users', left: [snapshots.metric('Users')] }),
      new GraphWidget({
        title: 'Joined and left',
        left: [snapshots.metric('ChangesJoined'), snapshots.metric('ChangesLeft')],
      }),
    ],
  ],
});
