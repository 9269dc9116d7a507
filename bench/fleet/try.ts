import { simulate } from "./simulate.ts";
const [,, n, rate, trouble] = process.argv;
const t = performance.now(); const c = process.cpuUsage();
const o = await simulate({ seed: 1, isolates: Number(n), callsPerSecond: Number(rate), trouble: trouble as any });
console.log(JSON.stringify(o, null, 1)); console.log("ms", performance.now() - t, process.cpuUsage(c).user/1000);
