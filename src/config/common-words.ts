/**
 * What people type where a secret is asked for: the passwords that every list of leaked ones begins with, the words of
 * examples and templates, and those of this trade. Lower case; digits that stand for letters are read as those.
 */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  `
  password passwd passphrase pass secret secrets token tokens key keys private public access auth bearer login user users
  username root admin administrator guest test tests tester testing demo sample example examples default dummy fake temp
  temporary placeholder changeme change change_me changeit replace replaceme insert enter fill todo fixme tbd here this that
  your yours mine the and for with not none null undefined true false value string text random please put set must should
  very long strong safe secure security super safety length characters character bytes least more than from file
  letmein welcome hello hallo world iloveyou love lovely monkey dragon master shadow sunshine princess football baseball
  basketball soccer hockey superman batman michael jennifer jordan hunter hunter2 harley ranger buster thomas robert daniel
  andrew charlie george jessica ashley amanda nicole joshua matthew william samsung google facebook linkedin apple microsoft
  whatever trustno trust starwars freedom computer internet mustang maggie pepper ginger cookie summer winter spring autumn
  january february march april june july august september october november december monday tuesday wednesday thursday
  friday saturday sunday flower cheese chocolate banana orange purple silver golden diamond tigger killer access14 correct
  horse battery staple abc abcd foobar foo bar baz quux lorem ipsum dolor
  quick brown fox jumps over lazy dog dead beef cafe babe deadbeef c0ffee coffee
  mendloop mend loop webhook hook hooks alert alerts alertmanager prometheus grafana loki temporal kubernetes kube cluster
  clusters production prod staging stage develop development dev local localhost internal server service services system
  company team ops devops sre admin123 database postgres postgresql mysql redis docker container image helm chart deploy
  deployment namespace node pod pods cloud amazon azure link links signing signature sign shared session api app apps
  application client config configuration settings environment approve approval remediation healer heal self number one two
  three four five six seven eight nine zero aaa
  `
    .trim()
    .split(/\s+/),
);

/** Runs of a finger along the keyboard, in English, German and French order; read from both ends. */
export const KEYBOARD_WALKS: readonly string[] = [
  'qwertyuiop[]',
  'asdfghjkl;',
  'zxcvbnm,./',
  '`1234567890-=',
  '!@#$%^&*()_+',
  'qwertzuiopü',
  'yxcvbnm,.-',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn,;:!',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'zaq1xsw2cde3vfr4bgt5nhy6mju7',
  '!qaz@wsx#edc$rfv',
  'qwerasdfzxcv1234',
  'asdfjkl;',
  '741852963',
  '789456123',
].flatMap((walk) => [walk, walk.split('').toReversed().join('')]);
