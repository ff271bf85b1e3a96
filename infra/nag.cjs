// Runs the rule packs "AWS Solutions" and "Serverless" of cdk-nag over the synthesized template and fails on every
// finding that the template does not excuse with a reason (infra/stack/excuses.go).
// Usage: node nag.cjs <template.json>
const fs = require('fs');
const os = require('os');
const path = require('path');
const { App, Aspects, LegacyStackSynthesizer, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const { AwsSolutionsChecks, NagReportFormat, ServerlessChecks } = require('cdk-nag');

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'duly-nag-'));
const template = JSON.parse(fs.readFileSync(process.argv[2]));
delete template.Rules; // of CDK's own bootstrap; they concern no resource
delete template.Parameters.BootstrapVersion;
const input = path.join(work, 'template.json');
fs.writeFileSync(input, JSON.stringify(template));

const app = new App({ outdir: path.join(work, 'out') });
const stack = new Stack(app, 'Duly', { synthesizer: new LegacyStackSynthesizer() });
new CfnInclude(stack, 'T', { templateFile: input });
const report = { reports: true, reportFormats: [NagReportFormat.JSON] };
Aspects.of(app).add(new AwsSolutionsChecks(report));
Aspects.of(app).add(new ServerlessChecks(report));
app.synth();

const lines = fs.readdirSync(app.outdir).filter((name) => name.endsWith('NagReport.json'))
  .flatMap((name) => JSON.parse(fs.readFileSync(path.join(app.outdir, name))).lines);
fs.rmSync(work, { recursive: true });
const count = (compliance) => lines.filter((line) => line.compliance === compliance).length;
const open = lines.filter((line) => !['Compliant', 'N/A', 'Suppressed'].includes(line.compliance));
for (const line of open) {
  console.log(`${line.ruleId} ${line.resourceId.replace('Duly/T/', '')}: ${line.compliance}: ${line.ruleInfo}`);
}
console.log(`cdk-nag: ${lines.length} checks, ${count('Compliant')} fine, ${count('Suppressed')} excused with a reason, ${open.length} open`);
process.exit(open.length === 0 && lines.length > 0 ? 0 : 1);
