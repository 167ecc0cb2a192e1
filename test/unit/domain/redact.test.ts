import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
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
  RubyGems: [`<rubygems_${hex(48)}>`],
  Atlassian: [`<ATATT3xFfGF0${word(60)}=${hex(8).toUpperCase()}>`],
  Sentry: [`<sntrys_eyJ${word(60)}_${word(40)}>`, `<sntryu_${hex(64)}>`],
  Shopify: [`<shpat_${hex(32)}>`],
  Square: [`<sq0atp-${word(22)}>`, `<sq0csp-${word(43)}>`],
  'Mailgun and Mailchimp': [`<key-${hex(32)}>`, `<${hex(32)}-us19>`],
  Tailscale: [`<tskey-auth-${word(16)}-${word(32)}>`],
  Dynatrace: [`<dt0c01.${word(24).toUpperCase()}.${word(64).toUpperCase()}>`],
  Pulumi: [`<pul-${hex(40)}>`],
  Postman: [`<PMAK-${hex(24)}-${hex(34)}>`],
  PlanetScale: [`<pscale_tkn_${word(43)}>`, `<pscale_pw_${word(43)}>`],
  'Linear and Notion': [`<lin_api_${word(40)}>`, `<ntn_${word(46)}>`, `<secret_${word(43)}>`],
  Heroku: [`<HRKU-${word(60)}>`],
  JFrog: [`<AKCp8${word(64)}>`, `<cmVmdGtu${word(56)}>`],
  'Feishu, DingTalk and WeCom webhooks': [
    'https://open.feishu.cn/open-apis/bot/v2/hook/<3f9c1e77-a0b2-4d58-9f3c-1e77a0b24d58>',
    'https://open.larksuite.com/open-apis/bot/v2/hook/<3f9c1e77-a0b2-4d58-9f3c-1e77a0b24d58>',
    `https://oapi.dingtalk.com/robot/send?access_token=<${hex(64)}>`,
    'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=<3f9c1e77-a0b2-4d58-9f3c-1e77a0b24d58>',
  ],
  'Zapier and IFTTT webhooks': [
    'https://hooks.zapier.com/hooks/catch/<1234567/abcdef/>',
    `https://maker.ifttt.com/trigger/alert/with/key/<${word(22)}>`,
  ],
  'PagerDuty integrations': [`https://events.pagerduty.com/integration/<${hex(32)}>/enqueue`],
  npm: [`<npm_${word(36)}>`],
  PyPI: [`<pypi-AgEIcHlwaS5vcmc${word(60)}>`],
  Docker: [`<dckr_pat_${word(27)}>`],
  Doppler: [`<dp.pt.${word(43)}>`, `<dp.st.prd.${word(43)}>`],
  'New Relic': [`<NRAK-${word(27).toUpperCase()}>`],
  age: [`<AGE-SECRET-KEY-1${word(58).toUpperCase()}>`],
  cookies: ['Cookie: <session=abc; theme=dark>', 'Set-Cookie: <sid=s%3Aabc.def; Path=/; HttpOnly>'],
  'HashiCorp Vault and Terraform': [`<hvs.${word(90)}>`, `<s.${word(24)}>`, `<${word(14)}.atlasv1.${word(67)}>`],
  Grafana: [`<glsa_${word(32)}_${hex(8)}>`, `<glc_${word(60)}>`],
  DigitalOcean: [`<dop_v1_${hex(64)}>`],
  Databricks: [`<dapi${hex(32)}>`],
  'OpenAI and Anthropic': [`<sk-proj-${word(48)}>`, `<sk-ant-api03-${word(80)}>`],
  'Okta and Opsgenie': [`retry with <SSWS 00${word(40)}>`, `<GenieKey ${hex(8)}-${hex(24)}>`],
  Supabase: [`<sbp_${hex(40)}>`],
  Airtable: [`<pat${word(14)}.${hex(64)}>`],
  'Buildkite and CircleCI': [`<bkua_${hex(40)}>`, `<CCIPAT_${word(22)}_${hex(40)}>`],
  'Fly.io': [`<fm2_${word(80)}>`],
  Vercel: [`<vercel_blob_rw_${word(16)}_${word(30)}>`],
  'Hugging Face': [`<hf_${word(34)}>`],
  'crates.io': [`<cio${word(32)}>`],
  LaunchDarkly: ['<sdk-3f9c1e77-a0b2-4d58-9f3c-1e77a0b24d58>'],
  'Groq, xAI, Replicate, Perplexity and NVIDIA': [
    `<gsk_${word(52)}>`,
    `<xai-${word(80)}>`,
    `<r8_${word(37)}>`,
    `<pplx-${word(48)}>`,
    `<nvapi-${word(64)}>`,
  ],
  'PostHog and Figma': [`<phx_${word(43)}>`, `<figd_${word(40)}>`],
  '1Password': [`<ops_eyJ${word(200)}>`],
  'Alibaba Cloud and Tencent Cloud': [`<LTAI${word(20)}>`, `<AKID${word(32)}>`],
  'Docker Swarm and k3s': [
    `<SWMTKN-1-${hex(50)}-${hex(25)}>`,
    `<K10${hex(64)}::server:${hex(32)}>`,
    `<K10${hex(64)}::${hex(16)}>`,
  ],
  'SNMP communities': [
    'rocommunity <s3cr3t> 10.0.0.0/8',
    'rwcommunity6 <s3cr3t>',
    'snmp-server community <s3cr3t> RO',
    'snmp-server community 7 <0822455D0A16> RO',
    'SNMP_COMMUNITY=<s3cr3t>',
    'snmp: { version: 2, community: <private> }',
    '"snmp": {"community": "<private>"}',
    'read_community: <s3cr3t>',
  ],
  'credentials under the name `auth`': [
    '{"auths":{"https://index.docker.io/v1/":{"auth":"<dXNlcjpwYXNzd29yZA==>"}}}',
    'DOCKER_AUTH_CONFIG={"auths":{"r":{"auth":"<YW5uOmh1bnRlcjI=>"}}}',
    'auth: <YW5uOmh1bnRlcjI=>',
    '//registry.example.com/:_auth=<YW5uOmh1bnRlcjI=>',
    'REGISTRY_AUTH=<hunter>',
    'NPM_AUTH: <abc123def>',
    'BASIC_AUTH="<ann:hunter2>"',
    'basic_auth=<ann:hunter2>',
    'auth=<user:pass1>',
  ],
  'US social security numbers': [
    'his is <219-09-9999>.',
    'SSN <078-05-1120>',
    'ssn=<219099999>',
    '"ssn": "<219 09 9999>"',
    'social security number: <219099999>',
  ],
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
  'options of a command line': [
    'curl -sS -u admin:<hunter2> https://x',
    'wget --user="bob:<hunter2>"',
    'run --db-password <hunter2> --verbose',
    'login --token <abc>',
    'mysql -h db -u root -p<hunter2> shop',
    'mysqldump --single-transaction -uroot -p<S3cr3t!> shop',
    'mysql -p<hunter2> -P3306',
    'mariadb-dump -P 3307 -p<hunter2>',
    'mysqladmin -uroot -p<hunter2> status',
    'sshpass -p <hunter2> ssh host',
    'sshpass -p<hunter2> ssh host',
    'docker login -u ann -p <hunter2> registry.example.com',
    'mongosh -u ann -p <hunter2> --host db',
    'redis-cli -h redis -a <hunter2> ping',
    'openssl pkcs12 -in a.p12 -passin pass:<hunter2> -nodes',
    'sqlplus scott/<tiger>@orcl',
    'snmpget -v2c -c <s3cr3t> 10.0.0.1 sysDescr.0',
    'snmpwalk -v 3 -u ann -a SHA -A <hunter22> -x AES -X <hunter33> host',
    'ldapsearch -x -D cn=admin -w <hunter2> -b dc=x',
    'machine api.example.com login ann password <hunter2>',
  ],
  'private keys in PEM form': [
    '<-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----->',
    'a <-----BEGIN PRIVATE KEY-----\nMII>',
    '<-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQdG\n-----END PGP PRIVATE KEY BLOCK----->',
  ],
  'private keys of PuTTY': [
    `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: k\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 2 <\n${word(64)}\n${word(30)}=\nPrivate-MAC: ${hex(40)}>`,
    `Private-Lines: 1 <\n${word(48)}>`,
  ],
  'users and passwords in URLs': [
    'postgres://<ann:p/a?s#s@word>@db/x',
    'redis://<:p/w>@cache:6379/0',
    'jdbc:oracle:thin:scott/<tiger>@db:1521:x',
    'amqp://<ann:1234>@mq:5672/v',
    'mongodb+srv://<ann:p%40ss>@cluster0.example.net/x?retryWrites=true',
    'postgres://<ann:p@ss>@db/x',
    'https://<token>@git.example.com',
  ],
  'authorization headers': ['Authorization: Bearer <abc.def>', '"authorization": "Basic <eHg6eXk=>"'],
  'bearer and basic credentials': ['sent Bearer <s3cr3t-t0ken> in vain', 'basic <dXNlcjpwYXNz> refused'],
  'values by their name': [
    'password=<hunter2>',
    'DB_PASS=<hunter2>',
    'SMTP_PASS: <hunter2>',
    'user: bob, pass: <x>',
    'pass: <hunter>',
    '"pass": <"x">',
    'host=db user=bob pw=<hunter2> dbname=x',
    'pw: <hunter2>',
    'Server=tcp:db;Uid=sa;Pwd=<hunter2>;Encrypt=yes',
    'pwd=<hunter2>',
    'passcode: <12345>',
    'Endpoint=sb://a.example/;SharedAccessKeyName=Root;SharedAccessKey=<abc+/=>',
    'SNOWFLAKE_PASSWORD=<x>',
    'DD_API_KEY=<abc>',
    'PGPASSWORD=<hunter2> psql',
    'spring.datasource.password=<x>',
    'PASS=<hunter2> make',
    'MYSQL_ROOT_PASSWORD=<hunter2>',
    '{"apiKey":<"abc">}',
    'client_secret: <"a b">',
    'PRIVATE-TOKEN: <abcdef>',
    'X-Vault-Token: <abc>',
    '"identitytoken": <"abc">',
    'SECRET_KEY_BASE=<abc>',
    'RAILS_MASTER_KEY=<abc>',
    'APP_KEY=<base64:abc>',
    'PresharedKey = <abc=>',
    'wpa_psk=<abc>',
    'routing_key=<abc>',
    'client-key-data: <LS0tLS1CRUdJTg==>',
    'password: <|\n  hunter2>\nuser: bob',
  ],
  'card numbers': [
    'paid by <4111111111111111>.',
    '<4111 1111 1111 1111>',
    '<5555-5555-5555-4444>',
    '<4111.1111.1111.1111>',
    '<4111\u00a01111\u00a01111\u00a01111>',
    '<2223003122003222>',
    '<378282246310005>',
    '<3782 822463 10005>',
    '<6011111111111117>',
    '<30569309025904>',
    '<3530111333300000>',
    '<6200000000000005>',
    '<4111_1111_1111_1111>',
    '<4111\u20091111\u20091111\u20091111>',
    '<4111\u20131111\u20131111\u20131111>',
    '<4111\t1111\t1111\t1111>',
  ],
  'bank accounts (IBAN)': [
    'to <DE89370400440532013000> today',
    '<DE89 3704 0044 0532 0130 00>, please',
    '<GB82WEST12345698765432>',
    '<DE89-3704-0044-0532-0130-00>',
    '<DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000>',
    '<GB82 WEST 1234 5698 7654 32> is his',
    '<GB82 WEST 1234 5698 7654 32>, THEN',
    '<FR1420041010050500013M02606>',
    '<NO9386011117947>',
    '<MT84MALT011000012345MTLCAST001S>',
    '<DE89370400440532013000> <NL91ABNA0417164300>',
    '<de89370400440532013000>',
    '<de89 3704 0044 0532 0130 00>, please',
    '<gb82 west 1234 5698 7654 32> is his',
    'iban=<gb82west12345698765432>;',
    '<be68 5390 0754 7034>',
    '<nl91-abna-0417-1643-00>',
  ],
};

/** A number with a check digit by Luhn. */
function withLuhn(digits: string): string {
  const sum = (text: string) =>
    Array.from(text)
      .toReversed()
      .reduce((total, digit, index) => {
        const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
        return total + (value > 9 ? value - 9 : value);
      }, 0);
  return `${digits}${(10 - (sum(`${digits}0`) % 10)) % 10}`;
}

/** An account's number with its checksum. */
function withChecksum(country: string, account: string): string {
  const figures = Array.from(`${account}${country}00`, (one) => parseInt(one, 36)).join('');
  return `${country}${String(98n - (BigInt(figures) % 97n)).padStart(2, '0')}${account}`;
}

describe('any number', () => {
  const figures = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
  const gap = fc.constantFrom('', ' ', '-', '\u00a0');
  const inGroups = (text: string, between: string) => text.replace(/.{4}(?=.)/g, `$&${between}`);
  const around = fc.constantFrom(['', ''], ['paid by ', ' today'], ['("', '")'], ['n=', ';']);

  it('of a card is hidden, and one that fails the check is not', () => {
    const issuers = fc
      .constantFrom('4', '51', '2221', '6011', '3530')
      .chain((begin) => figures(15 - begin.length).map((rest) => `${begin}${rest}`));
    fc.assert(
      fc.property(issuers, gap, around, (digits, between, [before, after]) => {
        const card = withLuhn(digits);
        expect(redactText(`${before}${inGroups(card, between)}${after}`)).toBe(`${before}[redacted]${after}`);
        const wrong = `${digits}${(Number(card.at(-1)) + 1) % 10}`;
        expect(redactText(`${before}${wrong}${after}`)).toBe(`${before}${wrong}${after}`);
      }),
    );
  });

  it('of a bank account is hidden, and one that fails the check is not', () => {
    const accounts = fc.oneof(
      figures(18).map((account) => ['DE', account] as const),
      figures(14).map((account) => ['GB', `NWBK${account}`] as const),
      figures(20).map((account) => ['ES', account] as const),
      figures(11).map((account) => ['NO', account] as const),
    );
    fc.assert(
      fc.property(accounts, gap, around, ([country, account], between, [before, after]) => {
        const iban = withChecksum(country, account);
        expect(redactText(`${before}${inGroups(iban, between)}${after}`)).toBe(`${before}[redacted]${after}`);
        const digits = String((Number(iban.slice(2, 4)) + 1) % 97).padStart(2, '0');
        const wrong = `${country}${digits}${account}`;
        expect(redactText(wrong)).toBe(wrong);
      }),
    );
  });
});

it('an element of XML that is named for a secret is hidden, and what only looks like one is not', () => {
  expect(redactText('<c><password>hunter2</password><user>bob</user></c>')).toBe(
    '<c><password>[redacted]</password><user>bob</user></c>',
  );
  expect(redactText('<ns:clientSecret enc="n">abc</ns:clientSecret>')).toBe(
    '<ns:clientSecret enc="n">[redacted]</ns:clientSecret>',
  );
  for (const text of ['docker run -u 1000:1000 image', 'invalid cookie: expired', 'a < token > b', 'sudo -u bob ls']) {
    expect(redactText(text)).toBe(text);
  }
});

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
      'mysql -P 3306 -u root -p',
      'mysql -h db -P3306 shop',
      'docker run -p 8080:80 nginx',
      'mkdir -p /var/lib/mysql-files',
      'kubectl exec mysql-0 -- ps -p 1',
      'first pass: 3 of 4; checks: pass: ok, pass: 12/13, pass: 98.5%',
      'pass: true',
      'http://host:8080/users/@me and http://host:8080/a?mail=ann@example.com',
      'mail ann@example.com: see http://x/',
      // Digests, identifiers, traces and times.
      `registry.example.com/shop/api@sha256:${hex(64)}`,
      `sha1:${hex(40)} md5:${hex(32)} crc32:${hex(8)}`,
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'uid ba203ee2-1111-4d58-9f3c-1e77a0b24d58',
      'ee201234-1234-1234-1234-123456789012 be123456-0000-4000-8000-000000000000',
      '2026-11-30T05:42:36.123456789Z 20261130054236 1764481356123456789 1764481356.123',
      'resourceVersion: 41234567890123',
      '01ARZ3NDEKTSV4RRFFQ69G5FAV 2Nq7tvJ6t2wqWc3mpqXy9oW1aZb',
      'pod-template-hash=7d9f8b6c5 controller-revision-hash=api-5f4d8c7b9d',
      'etag W/"33a64df551425fcc55e4d42a148795d9f25f89d4" commit 3f9c1e77a0b24d583f9c1e77a0b24d583f9c1e77',
      'key-value-store-deployment-7d9f8b6c5 pul-server us-east-1 api-us1 shpat npm_config_cache',
      'sum by (pod) (rate(http_requests_total{code=~"5.."}[1m])) > 0.05',
      'Private-Lines of code',
      'i-0abc123def4567890',
      // What tells how somebody is let in, not by what.
      'ENABLE_AUTH=true SASL_AUTH=SCRAM-SHA-512 ES_AUTH=required BASIC_AUTH: off X_AUTH=$(AUTH) AUTH_URL=http://x',
      'auth: missing; auth=ldap; auth=sidecar:8080; image auth:v1.2.3; registry/auth:1.2.3; author=ann:bob; oauth: on',
      '{"auth":"required"} {"auth":{"type":"basic"}} auth: connection refused, namespace auth: pods 3 of 4',
      'sum(rate(x{auth="basic",community="premium"}[1m]))',
      'community edition, the community: welcome! read-community is unreachable',
      'snmp-exporter -config.file=x',
      'machine shop login page password reset',
      // Dates, numbers of parts, and what no office has ever given.
      'on 30-11-2026, call 555-1234-5678, part 123-45-678 or 123-45-67890, api-123-45-6789, v1.123-45-6789',
      '000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000 ssn: unknown; session 219099999',
      'api-3f9c1e77-a0b2-4d58-9f3c-1e77a0b24d58 sdk-3f9c1e77-a0b2-4d58-9f3c-1e77a0b24d58-x2x4z sdk-java-1.2',
      `cio${hex(32)} nvapi-driver-installer-on-the-nodes-of-the-west-with-a-long-name-of-mine-x2x4z K10 gsk_bucket`,
      'arn:aws:iam::123456789012:role/Mendloop',
      'projects/123456789012/locations/eu',
      '/subscriptions/3f9c1e77-a0b2-4d58-9f3c-1e77a0b24d58',
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
      '://a:',
      '://a:b',
      'mysql -u ',
      'mysql - ',
      'sshpass -x ',
      'redis-cli - ',
      'Private-Lines: 1 ',
      'Private-Lines: 1\n',
      'jdbc:oracle:thin:a/',
      'pass: ',
      'auth=',
      '_AUTH=a ',
      'auth: a:',
      'snmpget -c -c ',
      'snmp community: ',
      'ldapadd -x ',
      'machine a.b login ',
      '219-09-',
      'ssn 219 ',
      'sdk-',
      'cio',
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
      labels: { alertname: 'A', db_pass: 'x', bypass: 'y', secret: 'tls-cert', auth: 'ldap' },
      annotations: { summary: 'DB_PASS=hunter2', iban: 'DE89 3704 0044 0532 0130 00', auth: 'YW5uOmh1bnRlcjI=' },
    });
    expect(redactAlert(alert)).toMatchObject({
      labels: { alertname: 'A', db_pass: '[redacted]', bypass: 'y', secret: 'tls-cert', auth: 'ldap' },
      annotations: { summary: 'DB_PASS=[redacted]', iban: '[redacted]', auth: '[redacted]' },
    });
    const secret = [
      'DB_PASS',
      'accountKey',
      'routing_key',
      'passwort',
      'db_pw',
      'bindPw',
      'passcode',
      'connection_string',
      'access_key_id',
      'ssn',
      'wpa_psk',
      'master_key',
      'snmp_community',
    ];
    expect(secret.filter((key) => !isSecretKey(key))).toEqual([]);
    expect(['bypass', 'compass', 'key', 'keyboard', 'id', 'string'].some(isSecretKey)).toBe(false);
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
