import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist', 'coverage', '**/node_modules', 'docs/.vitepress', '.dependency-cruiser.cjs'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js', 'bin/*.js'] } } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Settings come from src/config; nothing else reads the environment.',
        },
      ],
    },
  },
  {
    files: ['src/config/**', 'src/local/**', 'dev/**', 'tools/**', 'test/**', 'bench/**', 'examples/**', 'bin/**'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Workflow code is replayed: nothing in it may reach outside the sandbox.
    files: ['src/workflows/**', 'src/domain/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(node:|fs|path|crypto|http|https|net|os|child_process)' }] },
      ],
      'no-restricted-globals': ['error', 'process', 'fetch', 'Buffer', 'setInterval'],
      // All workflows of a worker share one copy of each module: see tools/bundle-workflows.ts.
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'Program > VariableDeclaration[kind!="const"], Program > ExportNamedDeclaration > VariableDeclaration[kind!="const"]',
          message: 'A module that workflows share must keep no state.',
        },
        {
          selector:
            'Program > :matches(VariableDeclaration, ExportNamedDeclaration > VariableDeclaration) > VariableDeclarator > NewExpression[callee.name=/^(Map|WeakMap|WeakSet)$/]',
          message: 'A module that workflows share must keep no state.',
        },
      ],
    },
  },
  {
    files: ['test/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  {
    // Grafana's older format of dashboards, which its library calls deprecated: every Grafana in use reads it.
    files: ['tools/dashboards/**'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  { files: ['**/*.js', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  { files: ['bin/*.js'], languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } } },
);
