import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { redactSchema, useRedaction } from '../../../src/config/redaction.ts';
import { isSecretKey, redactAlert, redactText } from '../../../src/domain/text/redact.ts';
import { SECRET_SHAPES } from '../../../src/domain/text/secret-shapes.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { anAlert } from '../../support/alerts.ts';

/** Random enough, and no one's. */
const hex = (length: number) => '3f9c1e77a0b24d58'.repeat(8).slice(0, length);
const word = (length: number) => 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8'.repeat(8).slice(0, length);

/** By the name in the documentation: what is hidden of a text in brackets, and the text. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  'JSON web tokens': [`<eyJ${word(20)}.eyJ${word(30)}.${word(43)}>`],
  'AWS access keys': [
    'key <AKIAIOSFODNN7EXAMPLE> used',
    '<ASIAIOSFODNN7EXAMPLE>',
    `aws_secret_access_key=<${word(40)}>`,
  ],
  'Google Cloud keys and tokens': [
    `?key=<AIza${word(35)}>`,
    `<ya29.${word(40)}>`,
    `<GOCSPX-${word(28)}>`,
    `<1//0${word(40)}>`,
  ],
  'Azure keys': [
    `AccountName=a;AccountKey=<${word(86)}==>;EndpointSuffix=x`,
    `secret is <abc8Q~${word(34)}>`,
    `<${word(76)}AZDO${word(4)}>`,
  ],
  GitHub: [`<ghp_${word(36)}>`, `<ghs_${word(36)}>`, `<github_pat_${word(22)}_${word(59)}>`],
  GitLab: [`<glpat-${word(20)}>`, `<glrt-${word(20)}>`],
  'Slack tokens': [`<xoxb-123456789012-${word(24)}>`, `<xapp-1-A0-${word(30)}>`],
  'Discord tokens': [`<M${word(24)}.Gabcde.${word(38)}>`],
  'Telegram tokens': [`<123456789:AA${word(33)}>`, `https://api.telegram.org/bot<123456789:AA${word(33)}>/send`],
  Stripe: [`<sk_live_${word(24)}>`, `<rk_test_${word(24)}>`],
  'webhooks signed by the Standard Webhooks specification': [`<whsec_${word(32)}>`],
  SendGrid: [`<SG.${word(22)}.${word(43)}>`],
  Twilio: [`<SK${hex(32)}>`],
  npm: [`<npm_${word(36)}>`],
  PyPI: [`<pypi-AgEIcHlwaS5vcmc${word(60)}>`],
  Docker: [`<dckr_pat_${word(27)}>`],
  'HashiCorp Vault and Terraform': [`<hvs.${word(90)}>`, `<${word(14)}.atlasv1.${word(67)}>`],
  Grafana: [`<glsa_${word(32)}_${hex(8)}>`, `<glc_${word(60)}>`],
  DigitalOcean: [`<dop_v1_${hex(64)}>`],
  Databricks: [`<dapi${hex(32)}>`],
  'OpenAI and Anthropic': [`<sk-proj-${word(48)}>`, `<sk-ant-api03-${word(80)}>`],
  'Hugging Face': [`<hf_${word(34)}>`],
  'Slack webhooks': [
    `https://hooks.slack.com/services/<T0000/B0000/${word(24)}>`,
    `https://hooks.slack.com/workflows/<T0000/A0000/1/${word(24)}>`,
  ],
  'Discord webhooks': [
    `https://discord.com/api/webhooks/<123456/${word(60)}>`,
    `https://discordapp.com/api/v10/webhooks/<123456/${word(60)}>`,
  ],
  'Microsoft Teams webhooks': [
    `https://contoso.webhook.office.com/webhookb2/<${hex(8)}@${hex(8)}/IncomingWebhook/${hex(32)}/${hex(8)}>`,
    `https://outlook.office.com/webhook/<${hex(8)}@${hex(8)}/IncomingWebhook/${hex(32)}>`,
  ],
  'Google Chat webhooks': [`https://chat.googleapis.com/v1/spaces/AAAA/messages?<key=${word(39)}&token=${word(43)}>`],
  'Mattermost and Rocket.Chat webhooks': [
    `https://chat.example.com/hooks/<${word(26).toLowerCase()}>`,
    `https://chat.example.com/hooks/<${word(17)}/${word(60)}>`,
  ],
  'signed links of Azure, AWS and Google Cloud': [
    `https://prod-1.westus.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sv=1.0&sig=<${word(43)}>`,
    `https://a.blob.core.windows.net/b?se=2026&sig=<${word(43)}>&sp=r`,
    `https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=<${hex(64)}>`,
    `https://storage.googleapis.com/b/o?X-Goog-Signature=<${hex(64)}>`,
  ],
  'options of a command line': ['run --db-password <hunter2> --verbose', 'login --token <abc>'],
  'private keys in PEM form': [
    '<-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----->',
    'a <-----BEGIN PRIVATE KEY-----\nMII>',
  ],
  'users and passwords in URLs': ['postgres://<ann:p@ss>@db/x', 'https://<token>@git.example.com'],
  'authorization headers': ['Authorization: Bearer <abc.def>', '"authorization": "Basic <eHg6eXk=>"'],
  'bearer and basic credentials': ['sent Bearer <s3cr3t-t0ken> in vain', 'basic <dXNlcjpwYXNz> refused'],
  'values by their name': [
    'password=<hunter2>',
    'DB_PASS=<hunter2>',
    'SMTP_PASS: <hunter2>',
    'PASS=<hunter2> make',
    'MYSQL_ROOT_PASSWORD=<hunter2>',
    '{"apiKey":<"abc">}',
    'client_secret: <"a b">',
    'routing_key=<abc>',
  ],
  'card numbers': [
    'paid by <4111111111111111>.',
    '<4111 1111 1111 1111>',
    '<5555-5555-5555-4444>',
    '<2223003122003222>',
    '<378282246310005>',
    '<3782 822463 10005>',
    '<6011111111111117>',
    '<30569309025904>',
    '<3530111333300000>',
    '<6200000000000005>',
  ],
  'bank accounts (IBAN)': [
    'to <DE89370400440532013000> today',
    '<DE89 3704 0044 0532 0130 00>, please',
    '<GB82WEST12345698765432>',
    '<GB82 WEST 1234 5698 7654 32> is his',
    '<GB82 WEST 1234 5698 7654 32>, THEN',
    '<FR1420041010050500013M02606>',
    '<NO9386011117947>',
    '<MT84MALT011000012345MTLCAST001S>',
    '<DE89370400440532013000> <NL91ABNA0417164300>',
  ],
};

describe('a secret in a text', () => {
  it.each(Object.entries(SAMPLES).flatMap(([name, texts]) => texts.map((text) => [name, text] as const)))(
    'is hidden: %s, %s',
    (_, marked) => {
      const text = marked.replace(/[<>]/g, '');
      const expected = marked.replace(/<[^>]*>/g, '[redacted]');
      expect(redactText(text)).toBe(expected);
      expect(redactText(redactText(text))).toBe(expected);
      // As logs and webhooks hold it.
      const hidden = /<([^>]*)>/.exec(marked)?.[1] ?? '';
      expect(redactText(JSON.stringify({ note: `see ${text} there` }))).not.toContain(hidden.split('\n').at(-1));
    },
  );

  it('is not found where there is none', () => {
    for (const text of [
      'Pod shop/api-7d9f8b6c5-x2x4z has restarted 4 times in 4294967296 ns',
      'started 1772402759123, 1772402759123456789, 2026-03-01T22:05:00Z',
      'order 4111111111111112 and 4111 1111 1111 1112',
      'pi is 3.4111111111111111 and 4111111111111111.5 is not',
      'DE89370400440532013001 is no account, nor is XX89370400440532013000',
      'DE8937040044053201300 is too short, DE893704004405320130000 too long',
      'tests: pass: 12, bypass=true, compass: north, pass 3 of 4',
      'invalid token: expired; Bearer token missing; basic auth is off',
      'task-skipped sk-short xox- ghp_short SG.a.b',
      `sha512-${word(86)} ${hex(64)}`,
      'https://runbooks.example.com/hooks/readme?sigma=1&keys=3',
      // What Mendloop counts by, signs with and acts on.
      `remediation/default/A/4111111111111111/1 be68539007547034 ${word(86)}==`,
      ...['sk-shop', 'pypi-mirror', 'glagent-runner', 'glft-x', 'hvs.agents', 'npm-cache', 'xox-api', 'hf-models'].map(
        (name) => `${name}-deployment-of-the-west-7d9f8b6c5-x2x4z`,
      ),
      'docker run --token-file /run/token --password-stdin',
    ]) {
      expect(redactText(text)).toBe(text);
    }
  });

  it('costs time that grows with the length alone: more would not end within the time of a test', () => {
    const units = [
      '-',
      '--',
      'eyJ-',
      'SG.',
      '4111 ',
      '4111-',
      'de12 ',
      'DE89',
      'basic ',
      'M-',
      '/hooks/',
      '?sig=',
      '--token ',
    ];
    for (const unit of units) {
      const hidden = redactText(unit.repeat(Math.ceil(400_000 / unit.length)));
      expect(redactText(hidden) === hidden, unit).toBe(true);
    }
  });
});

describe('the documentation', () => {
  const text = readFileSync(join(packageRoot(), 'docs', 'redaction.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (?!what|-)([^|]+?) +\|/gm)].map(([, name]) => name ?? '');

  it('claims what is tested, all of it and no more', () => {
    expect(rows.toSorted()).toEqual(Object.keys(SAMPLES).toSorted());
    for (const { name } of SECRET_SHAPES) expect(rows).toContain(name);
  });
});

describe('what is hidden of an alert', () => {
  it('is what its labels and annotations hold, and what a name says', () => {
    const alert = anAlert({
      labels: { alertname: 'A', db_pass: 'x', bypass: 'y', secret: 'tls-cert' },
      annotations: { summary: 'DB_PASS=hunter2', iban: 'DE89 3704 0044 0532 0130 00' },
    });
    expect(redactAlert(alert)).toMatchObject({
      labels: { alertname: 'A', db_pass: '[redacted]', bypass: 'y', secret: 'tls-cert' },
      annotations: { summary: 'DB_PASS=[redacted]', iban: '[redacted]' },
    });
    expect(['DB_PASS', 'accountKey', 'routing_key'].every(isSecretKey)).toBe(true);
    expect(['bypass', 'compass', 'key', 'keyboard'].some(isSecretKey)).toBe(false);
  });
});

describe("the settings' own secrets", () => {
  afterEach(() => {
    useRedaction([]);
  });

  it('are hidden wherever something is, once', () => {
    useRedaction(['CUST-[0-9]{6}', '(?i)\\bproject-[a-z]+\\b', '\\w+@corp\\.example']);
    const text = 'CUST-123456 of Project-Falcon asks joe@corp.example, password=x';
    const hidden = '[redacted] of [redacted] asks [redacted], password=[redacted]';
    expect(redactText(text)).toBe(hidden);
    expect(redactText(hidden)).toBe(hidden);
    expect(redactAlert(anAlert({ annotations: { summary: text } })).annotations).toEqual({ summary: hidden });
  });

  it('may match what stands for a secret without hiding it anew', () => {
    useRedaction(['red[a-z]+', '\\$1']);
    expect(redactText('reddish password=x $1')).toBe('[redacted] password=[redacted] [redacted]');
  });

  it('are in the syntax of RE2, and match something', () => {
    expect(redactSchema.safeParse(['CUST-\\d+', '(?i)x']).success).toBe(true);
    const messageOf = (pattern: string) => redactSchema.safeParse([pattern]).error?.issues[0]?.message;
    for (const pattern of ['(', '(?<=a)b', 'a(?=b)', '(a)\\1']) {
      expect(messageOf(pattern), pattern).toBe('is not a regular expression of RE2');
    }
    for (const pattern of ['x*', '\\b', '^', '(a|)']) {
      expect(messageOf(pattern), pattern).toBe('matches the empty text, and so everywhere');
    }
  });

  it('cost time that grows with the length alone: more would not end within the time of a test', () => {
    useRedaction(['(a+)+$', '(x|x|x)*y']);
    expect(redactText(`${'a'.repeat(50_000)}!`)).toBe(`${'a'.repeat(50_000)}!`);
  });
});
