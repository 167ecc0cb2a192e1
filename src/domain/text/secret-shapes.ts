import { REDACTED } from './redacted.ts';

/** Secrets that show themselves by their form. */
export interface SecretShape {
  /** As docs/redaction.md lists it. */
  readonly name: string;
  readonly pattern: RegExp;
  /** What stands in its place; `$1` is the part of it that says what it is. */
  readonly stead: string;
  /** A text without this has none of them; looking for it is much cheaper. */
  readonly mark?: string;
}

/** Of a text that speaks of SNMP. */
const COMMUNITY = /((?<![a-z])community\\{0,4}["']?\s{0,8}[=:]\s{0,8}\\{0,4}["']?)[^\s"'\\,;&]+/gi;

/**
 * Each pattern reads a stretch of text a bounded number of times, whatever the text: a stretch stops where the next match
 * could begin, its length is bounded, or a look-behind lets only its first character begin one. None of them is the name
 * of a Kubernetes object, which has small letters, figures, dashes and dots: policy has to see it. An object that is named
 * `sdk-` and a random UUID would be the exception.
 */
export const SECRET_SHAPES: readonly SecretShape[] = [
  token('JSON web tokens', /(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*){1,3}/g),
  token('AWS access keys', /(?<!\w)(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?!\w)/g),
  token('Google Cloud keys and tokens', /(?<!\w)(?:AIza[\w-]{35}|ya29\.[\w.-]{20,2000}|GOCSPX-[\w-]{20,60})/g),
  token('Google Cloud keys and tokens', /(?<!\w)1\/\/0[\w-]{20,200}/g),
  token('Azure keys', /(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}(?![\w~.-])/g, 'Q~'),
  token('Azure keys', /(?<!\w)[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?!\w)/g, 'AZDO'),
  token('GitHub', /(?<!\w)(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,})/g),
  token('GitLab', /(?<!\w)(?:glpat-|gl(?:dt|rt|cbt|ptt|soat|imt|agent|ft|oas)-(?=[\w.-]{0,60}[A-Z_]))[\w.-]{16,}/g),
  token('GitLab', /(?<!\w)GR1348941[\w-]{20,}/g),
  token('Slack tokens', /(?<![\w-])(?:xox[a-z]|xapp)-[\w-]{8,}/g),
  token('Discord tokens', /(?<!\w)[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}/g),
  token('Telegram tokens', /(?<!\w)\d{8,10}:AA[\w-]{33}/g, ':AA'),
  token('Stripe', /(?<!\w)(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/g),
  token('webhooks signed by the Standard Webhooks specification', /(?<!\w)whsec_[\w+/=]{16,}/g),
  token('SendGrid', /(?<!\w)SG\.[\w-]{16,100}\.[\w-]{16,100}/g),
  token('Twilio', /(?<!\w)SK[0-9a-f]{32}(?!\w)/g),
  token('npm', /(?<!\w)npm_[A-Za-z0-9]{36}/g),
  token('RubyGems', /(?<!\w)rubygems_[0-9a-f]{48}/g),
  token('Atlassian', /(?<!\w)AT(?:ATT|CTT)3[\w=-]{20,}/g),
  token('Sentry', /(?<!\w)sntry[su]_[\w+/=-]{20,}/g),
  token('Shopify', /(?<!\w)shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/g),
  token('Square', /(?<!\w)sq0(?:atp|csp|idp)-[\w-]{22,43}/g),
  token('Mailgun and Mailchimp', /(?<![\w-])key-[0-9a-f]{32}(?!\w)/g),
  token('Mailgun and Mailchimp', /(?<![\w-])[0-9a-f]{32}-us\d{1,2}(?![\w-])/g, '-us'),
  token('Tailscale', /(?<!\w)tskey-[a-z]{2,12}-[\w-]{16,}/g),
  token('Dynatrace', /(?<!\w)dt0[a-z]\d\d\.[A-Z0-9]{8,24}\.[A-Z0-9]{64}/g),
  token('Pulumi', /(?<![\w-])pul-[0-9a-f]{40}(?!\w)/g),
  token('Postman', /(?<!\w)PMAK-[0-9a-f]{24}-[0-9a-f]{34}/g),
  token('PlanetScale', /(?<!\w)pscale_(?:tkn|pw|oauth)_[\w.=-]{20,}/g),
  token('Linear and Notion', /(?<!\w)(?:lin_api_[A-Za-z0-9]{32,}|ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}(?!\w))/g),
  token('Heroku', /(?<!\w)HRKU-[\w-]{36,64}/g),
  token('JFrog', /(?<!\w)(?:AKCp[A-Za-z0-9]{50,80}|cmVmdGtu[A-Za-z0-9]{40,80})(?!\w)/g),
  token('PyPI', /(?<!\w)pypi-AgE[\w-]{16,}/g),
  token('Docker', /(?<!\w)dckr_(?:pat|oat)_[\w-]{16,}/g),
  token('HashiCorp Vault and Terraform', /(?<!\w)hv[sbr]\.(?=[\w-]{0,60}[A-Z_])[\w-]{20,}/g),
  token('HashiCorp Vault and Terraform', /(?<!\w)[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,80}/g, '.atlasv1.'),
  token('HashiCorp Vault and Terraform', /(?<![\w./])s\.(?=[A-Za-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![\w./])/g),
  token('Doppler', /(?<![\w.])dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}(?!\w)/g, 'dp.'),
  token('New Relic', /(?<!\w)NRAK-[A-Z0-9]{27}(?!\w)/g),
  token('age', /(?<!\w)AGE-SECRET-KEY-1[A-Z0-9]{58}(?!\w)/g),
  token('Grafana', /(?<!\w)gl(?:sa|c)_[\w+/=-]{20,}/g),
  token('DigitalOcean', /(?<!\w)do[opr]_v1_[0-9a-f]{64}/g),
  token('Databricks', /(?<!\w)dapi[0-9a-f]{32}/g),
  token('OpenAI and Anthropic', /(?<!\w)sk-(?=[\w-]{0,60}[A-Z_])[\w-]{20,}/g),
  token('Okta and Opsgenie', /(?<!\w)SSWS\s{1,8}[\w-]{30,60}(?![\w-])/g, 'SSWS'),
  token('Okta and Opsgenie', /(?<!\w)GenieKey\s{1,8}[0-9a-fA-F-]{30,40}(?![\w-])/g, 'GenieKey'),
  token('Supabase', /(?<!\w)sbp_[0-9a-f]{40}(?!\w)/g),
  token('Airtable', /(?<!\w)pat[A-Za-z0-9]{14}\.[0-9a-f]{64}(?!\w)/g),
  token('Buildkite and CircleCI', /(?<!\w)(?:bk(?:ua|ct|aj|pt|pi|ps|at)_[0-9a-f]{40}|CCIPAT_\w{20,90})(?!\w)/g),
  token('Fly.io', /(?<!\w)fm[12][ar]?_[\w+/=-]{20,2000}/g),
  token('Vercel', /(?<!\w)vercel_blob_rw_\w{20,80}/g),
  token('Hugging Face', /(?<!\w)hf_[A-Za-z0-9]{30,}/g),
  // Without a capital it may be the name of an object.
  token('crates.io', /(?<!\w)cio(?=[a-z0-9]{0,31}[A-Z])[A-Za-z0-9]{32}(?!\w)/g, 'cio'),
  token(
    'LaunchDarkly',
    /(?<![\w-])sdk-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![\w-])/g,
    'sdk-',
  ),
  token('Groq, xAI, Replicate, Perplexity and NVIDIA', /(?<!\w)gsk_[A-Za-z0-9]{40,80}(?!\w)/g, 'gsk_'),
  token('Groq, xAI, Replicate, Perplexity and NVIDIA', /(?<![\w-])xai-[A-Za-z0-9]{60,100}(?!\w)/g, 'xai-'),
  token('Groq, xAI, Replicate, Perplexity and NVIDIA', /(?<!\w)r8_[A-Za-z0-9]{37}(?!\w)/g, 'r8_'),
  token(
    'Groq, xAI, Replicate, Perplexity and NVIDIA',
    /(?<![\w-])pplx-(?=[a-z0-9]{0,60}[A-Z])[A-Za-z0-9]{40,64}(?!\w)/g,
    'pplx-',
  ),
  token(
    'Groq, xAI, Replicate, Perplexity and NVIDIA',
    /(?<![\w-])nvapi-(?=[a-z0-9-]{0,79}[A-Z_])[\w-]{60,80}(?![\w-])/g,
    'nvapi-',
  ),
  token('PostHog and Figma', /(?<!\w)phx_[A-Za-z0-9]{40,60}(?!\w)/g, 'phx_'),
  token('PostHog and Figma', /(?<!\w)figd_[\w-]{38,60}/g, 'figd_'),
  token('1Password', /(?<!\w)ops_eyJ[\w-]{50,2000}={0,2}/g, 'ops_eyJ'),
  token('Alibaba Cloud and Tencent Cloud', /(?<!\w)LTAI[A-Za-z0-9]{12,20}(?!\w)/g, 'LTAI'),
  token('Alibaba Cloud and Tencent Cloud', /(?<!\w)AKID[A-Za-z0-9]{32}(?!\w)/g, 'AKID'),
  token('Docker Swarm and k3s', /(?<!\w)SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}/g, 'SWMTKN-1-'),
  token('Docker Swarm and k3s', /(?<!\w)K10[0-9a-f]{64}::[\w-]{1,60}(?::[\w-]{16,200})?/g, 'K10'),
  // The word is common English.
  ...['snmp', 'SNMP'].map((mark) => address('SNMP communities', COMMUNITY, mark)),
  address('SNMP communities', /((?<!\w)r[ow]community6?\s{1,8}["']?)[^\s"'\\]+/g, 'community'),
  address(
    'SNMP communities',
    /((?<![\w-])snmp-server community\s{1,8}["']?(?:[07]\s{1,8})?)[^\s"'\\]+/g,
    'snmp-server',
  ),
  address('Slack webhooks', /(hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/)[\w/]+/g),
  address('Discord webhooks', /(discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/)[\w/-]+/g),
  address(
    'Microsoft Teams webhooks',
    /((?:outlook\.office(?:365)?\.com\/webhook|webhook\.office\.com\/webhookb2)\/)[\w@/.-]+/g,
  ),
  address('Google Chat webhooks', /(chat\.googleapis\.com\/v1\/spaces\/[\w-]{1,100}\/messages\?)[^\s"'<>\\]+/g),
  address(
    'Feishu, DingTalk and WeCom webhooks',
    /((?:feishu\.cn|larksuite\.com)\/open-apis\/bot\/(?:v\d\/)?hook\/)[\w-]+/g,
  ),
  address('Feishu, DingTalk and WeCom webhooks', /(qyapi\.weixin\.qq\.com\/cgi-bin\/webhook\/send\?key=)[\w-]+/g),
  address('Zapier and IFTTT webhooks', /(hooks\.zapier\.com\/hooks\/catch\/)[\w/-]+/g),
  address('Zapier and IFTTT webhooks', /(maker\.ifttt\.com\/trigger\/[\w-]{1,100}\/(?:json\/)?with\/key\/)[\w-]+/g),
  address('PagerDuty integrations', /(events\.pagerduty\.com\/(?:integration|x-ere)\/)[\w-]+/g),
  address('Telegram tokens', /(api\.telegram\.org\/bot)[^\s/"'<>\\]+/g),
  address('Mattermost and Rocket.Chat webhooks', /(\/hooks\/)(?:[a-z0-9]{26}|\w{17,24}\/\w{40,})(?!\w)/g),
  // Those of Microsoft Teams that a workflow answers are such links.
  address(
    'signed links of Azure, AWS and Google Cloud',
    /([?&](?:amp;)?(?:sig|X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token))=)[^\s&"'<>\\]+/gi,
  ),
  // Not a user and a group, as `docker run -u 1000:1000` has them.
  address(
    'options of a command line',
    /((?<![\w-])(?:-u|--user)[ =]\s{0,8}\\{0,4}["']?[^\s:"'\\]{1,100}:)(?!\d{1,10}(?![^\s"'\\]))[^\s"'\\]+/g,
  ),
  address(
    'options of a command line',
    /(?<![\w-])(--[\w-]{0,40}(?:password|passwd|token|secret|api-?key)\s{1,8})[^\s"',;]+/gi,
  ),
  // The clients of MySQL take the password without a space; `-P` is a port.
  address(
    'options of a command line',
    /((?<![\w-])(?:mysql|mariadb)(?:-?(?:dump|admin|check|import|show|pump|sh|binlog|slap))?\s(?:(?!\s-p|mysql|mariadb)[^\n;|&]){0,300}\s-p["']?)[^\s"'\\-][^\s"'\\]*/g,
  ),
  address(
    'options of a command line',
    /((?<![\w-])(?:sshpass|docker login|podman login|helm registry login|mongo(?:sh|dump|restore|export)?)\s(?:(?!\s-p|sshpass|login|mongo)[^\n;|&]){0,200}\s-p\s{0,8}["']?)[^\s"'\\-][^\s"'\\]*/g,
  ),
  address('options of a command line', /((?<![\w-])sshpass\s{1,8}-p\s{0,8}["']?)[^\s"'\\]+/g),
  address('options of a command line', /((?<![\w-])(?:mysql|mariadb)\s{1,8}-p["']?)[^\s"'\\-][^\s"'\\]*/g),
  address(
    'options of a command line',
    /((?<![\w-])redis-cli\s(?:(?!\s-a\s|redis-cli)[^\n;|&]){0,200}\s-a\s{1,8}["']?)[^\s"'\\]+/g,
  ),
  // All of them: those of version 3 come in pairs.
  address(
    'options of a command line',
    /((?<=(?<![\w-])snmp[a-z]{2,12}\s[^\n;|&]{0,200})\s-[cAX]\s{0,8}["']?)[^\s"'\\-][^\s"'\\]*/g,
    'snmp',
  ),
  address(
    'options of a command line',
    /((?<![\w-])ldap(?:search|modify|add|delete|passwd|whoami|compare|modrdn|exop)\s(?:(?!\s-w\s|ldap)[^\n;|&]){0,200}\s-w\s{1,8}["']?)[^\s"'\\]+/g,
    'ldap',
  ),
  address(
    'options of a command line',
    /((?<!\w)machine\s{1,8}(?:localhost|[\w-]{1,63}\.[\w.-]{1,200})\s{1,8}login\s{1,8}\S{1,200}\s{1,8}password\s{1,8})\S+/g,
    'machine',
  ),
  address('options of a command line', /((?<![\w-])-pass(?:in|out)?\s{1,8}["']?pass:)[^\s"'\\]+/g),
  address('options of a command line', /((?<![\w-])sqlplus\s{1,8}(?:-[A-Za-z]\s{1,8}){0,3}[\w$#]{1,60}\/)[^\s@"'\\]+/g),
];

/** Hidden as a whole. */
function token(name: string, pattern: RegExp, mark?: string): SecretShape {
  return { name, pattern, stead: REDACTED, ...(mark !== undefined && { mark }) };
}

/** Hidden from its second part on. */
function address(name: string, pattern: RegExp, mark?: string): SecretShape {
  return { name, pattern, stead: `$1${REDACTED}`, ...(mark !== undefined && { mark }) };
}
