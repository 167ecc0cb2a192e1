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

/**
 * Each pattern reads a stretch of text a bounded number of times, whatever the text: a stretch stops where the next match
 * could begin, its length is bounded, or a look-behind lets only its first character begin one. None of them is the name
 * of a Kubernetes object, which has small letters, figures, dashes and dots: policy has to see it.
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
  token('Slack tokens', /(?<![\w-])(?:xox[a-z]|xapp)-[\w-]{8,}/g),
  token('Discord tokens', /(?<!\w)[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}/g),
  token('Telegram tokens', /(?<!\w)\d{8,10}:AA[\w-]{33}/g, ':AA'),
  token('Stripe', /(?<!\w)(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}/g),
  token('webhooks signed by the Standard Webhooks specification', /(?<!\w)whsec_[\w+/=]{16,}/g),
  token('SendGrid', /(?<!\w)SG\.[\w-]{16,100}\.[\w-]{16,100}/g),
  token('Twilio', /(?<!\w)SK[0-9a-f]{32}(?!\w)/g),
  token('npm', /(?<!\w)npm_[A-Za-z0-9]{36}/g),
  token('PyPI', /(?<!\w)pypi-AgE[\w-]{16,}/g),
  token('Docker', /(?<!\w)dckr_(?:pat|oat)_[\w-]{16,}/g),
  token('HashiCorp Vault and Terraform', /(?<!\w)hv[sbr]\.(?=[\w-]{0,60}[A-Z_])[\w-]{20,}/g),
  token('HashiCorp Vault and Terraform', /(?<!\w)[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,80}/g, '.atlasv1.'),
  token('Grafana', /(?<!\w)gl(?:sa|c)_[\w+/=-]{20,}/g),
  token('DigitalOcean', /(?<!\w)do[opr]_v1_[0-9a-f]{64}/g),
  token('Databricks', /(?<!\w)dapi[0-9a-f]{32}/g),
  token('OpenAI and Anthropic', /(?<!\w)sk-(?=[\w-]{0,60}[A-Z_])[\w-]{20,}/g),
  token('Hugging Face', /(?<!\w)hf_[A-Za-z0-9]{30,}/g),
  address('Slack webhooks', /(hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/)[\w/]+/g),
  address('Discord webhooks', /(discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/)[\w/-]+/g),
  address(
    'Microsoft Teams webhooks',
    /((?:outlook\.office(?:365)?\.com\/webhook|webhook\.office\.com\/webhookb2)\/)[\w@/.-]+/g,
  ),
  address('Google Chat webhooks', /(chat\.googleapis\.com\/v1\/spaces\/[\w-]{1,100}\/messages\?)[^\s"'<>\\]+/g),
  address('Telegram tokens', /(api\.telegram\.org\/bot)[^\s/"'<>\\]+/g),
  address('Mattermost and Rocket.Chat webhooks', /(\/hooks\/)(?:[a-z0-9]{26}|\w{17,24}\/\w{40,})(?!\w)/g),
  // Those of Microsoft Teams that a workflow answers are such links.
  address(
    'signed links of Azure, AWS and Google Cloud',
    /([?&](?:amp;)?(?:sig|X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token))=)[^\s&"'<>\\]+/gi,
  ),
  address(
    'options of a command line',
    /(?<![\w-])(--[\w-]{0,40}(?:password|passwd|token|secret|api-?key)\s{1,8})[^\s"',;]+/gi,
  ),
];

/** Hidden as a whole. */
function token(name: string, pattern: RegExp, mark?: string): SecretShape {
  return { name, pattern, stead: REDACTED, ...(mark !== undefined && { mark }) };
}

/** Hidden from its second part on. */
function address(name: string, pattern: RegExp): SecretShape {
  return { name, pattern, stead: `$1${REDACTED}` };
}
