import "./page";
import assert from "node:assert/strict";
import { test } from "node:test";
import { ageOf, type Alarm, type Values } from "../../../engine/taixu/serve/viewer/src/live";
import { sorted } from "../../../engine/taixu/serve/viewer/src/panels/alarms";
import { thingsOf } from "../../../engine/taixu/serve/viewer/src/panels/compare";
import { needsConfirming } from "../../../engine/taixu/serve/viewer/src/panels/control_form";
import { fieldTitle, plainText } from "../../../engine/taixu/serve/viewer/src/panels/details_text";
import { staleness } from "../../../engine/taixu/serve/viewer/src/panels/parts";
import { ticks } from "../../../engine/taixu/serve/viewer/src/panels/timeline";
import { Trace } from "../../../engine/taixu/serve/viewer/src/panels/trace";
import { chooseLanguage, t } from "../../../engine/taixu/serve/viewer/src/text";
import { bytesText, numberText, spanText, steadyText, unitText } from "../../../engine/taixu/serve/viewer/src/text/format";

const alarm = (number: number, facts: Partial<Alarm>): Alarm => ({
  number, rule: "r", entity: "0", severity: "low", text: "", raised_ns: number, cleared_ns: 0, acknowledged_by: "", acknowledged_ns: 0, ...facts,
});

test("alarms that nobody has seen come first, then the worst, then the newest", () => {
  const all = [alarm(1, { severity: "critical", acknowledged_by: "eve" }), alarm(2, {}), alarm(3, { severity: "high" }), alarm(4, {}), alarm(5, { severity: "critical" })];
  assert.deepEqual(sorted(all).map((each) => each.number), [5, 3, 4, 2, 1]);
  assert.deepEqual(all.map((each) => each.number), [1, 2, 3, 4, 5], "what was given stays as it was");
});

test("ages go on by themselves, and stand still in the past", () => {
  const told: Values = { id: "a", time_ns: 0, fields: { "m.t": { value: 1, unit: "", age_secs: 2 }, "m.u": { value: 1, unit: "", age_secs: null } }, heardAt: 1000 };
  assert.equal(ageOf(told, "m.t", 4000), 5);
  assert.equal(ageOf(told, "m.u", 4000), null);
  assert.equal(ageOf(told, "m.x", 4000), null);
  assert.equal(ageOf({ ...told, heardAt: null }, "m.t", 4000), 2);
  assert.deepEqual([0, 10, 11, 61, null].map(staleness), ["fresh", "fresh", "stale", "silent", "never"]);
});

test("a trace joins what was recorded with what came since, and shows silence as a gap", () => {
  const trace = new Trace();
  for (const secs of [100, 101, 102, 112, 113]) trace.add(secs, secs);
  trace.add(105, 0); // older than the newest: the recording's business
  trace.add(113, 7); // the same time again says it anew
  trace.before({ times_ns: [97e9, 98e9, 99e9, 100e9, 101e9], mean: [1, 2, 3, 4, 5], low: [0, 2, 3, 4, 5], high: [9, 2, 3, 4, 5], unit: "" });
  const [times, means] = trace.columns(90, 200);
  assert.deepEqual(times, [97, 98, 99, 100, 101, 102, 107, 112, 113]);
  assert.deepEqual(means, [1, 2, 3, 100, 101, 102, null, 112, 7]);
  assert.deepEqual(trace.columns(112.5, 200)[0], [112, 113], "a line begins at the chart's edge");
  assert.equal(trace.summary(96, 100, String), "0 … 100");
  const [low, high] = trace.limits(97, 99);
  assert.ok(low < 0 && high > 9 && low > -2 && high < 11);
  assert.equal(new Trace().summary(0, 1, String), "");
});

test("what stands still has room around it", () => {
  const trace = new Trace();
  trace.add(1, 0);
  trace.add(2, 0);
  assert.deepEqual(trace.limits(0, 3), [-0.5, 0.5]);
});

test("a trace is bounded", () => {
  const trace = new Trace();
  for (let i = 0; i < 20_000; i++) trace.add(i, i);
  const [times] = trace.columns(0, 1e9);
  assert.ok(times.length <= 7001 && times.at(-1) === 19_999);
});

test("who changes a state, or a number by much, is asked again", () => {
  const speed = { name: "speed", field: "d.speed", kind: "number" as const, unit: "m/s", minimum: 0, maximum: 2, choices: [] };
  assert.equal(needsConfirming(speed, 1.0, 1.2), false);
  assert.equal(needsConfirming(speed, 1.0, 1.6), true);
  assert.equal(needsConfirming({ ...speed, minimum: null, maximum: null }, 100, 110), false);
  assert.equal(needsConfirming(speed, null, 1), true, "nobody knows what it is now");
  assert.equal(needsConfirming({ ...speed, kind: "text", choices: ["a", "b"] }, "a", "b"), true);
});

test("ticks are round times that have room", () => {
  for (const [secs, width] of [[60, 900], [300, 900], [3600, 300], [28_800, 900], [864_000, 400]] as const) {
    const found = ticks(1_760_000_003e9, (1_760_000_003 + secs) * 1e9, width);
    const steps = new Set(found.slice(1).map((each, i) => Math.round((each - found[i]!) / 1e9)));
    assert.ok(found.length >= 1 && found.length <= width / 90 + 1, `${secs}: ${found.length}`);
    assert.ok(steps.size <= 1);
    assert.ok(found.every((each) => Math.round(each / 1e9) % Math.min([...steps][0] ?? 1, 60) === 0));
  }
});

test("what differs is told thing by thing, with the most first", () => {
  const found = { came: { count: 0, entities: [] }, went: { count: 0, entities: [] }, changed: { "m.t": { count: 2, entities: ["a", "b"] }, "m.u": { count: 1, entities: ["b"] } } };
  assert.deepEqual(thingsOf(found), [["b", ["m.t", "m.u"]], ["a", ["m.t"]]]);
});

test("numbers, spans and units as people read them", () => {
  chooseLanguage("en");
  assert.deepEqual([0, 0.12345, 36.6, 123.456, 98765.4, 1e12, -2.5, NaN].map(numberText), ["0", "0.123", "36.6", "123.5", "98,765", "1.00e+12", "-2.5", "—"]);
  assert.deepEqual([36.6, 123.46, 5000.4].map(steadyText), ["36.60", "123.5", "5,000"]);
  assert.deepEqual([0.0123, 3.21, 59, 200, 9000, 1e6].map(spanText), ["12 ms", "3.2 s", "59 s", "3 min", "3 h", "12 d"]);
  assert.deepEqual([12, 1500, 2.5e9].map(bytesText), ["12 B", "1.5 kB", "2.5 GB"]);
  assert.deepEqual(["degC", "percent", "m/s", ""].map(unitText), ["°C", "%", "m/s", ""]);
  assert.equal(fieldTitle("motor.winding_temperature"), "Winding temperature");
  assert.deepEqual([null, true, [1, null], "running", "x9"].map((each) => plainText(each)), ["—", "yes", "1.00  —", "running", "x9"]);
});

test("texts follow the language, and values are put in", () => {
  chooseLanguage("en");
  assert.equal(t("alarms.for", { span: "3 s" }), "for 3 s");
  chooseLanguage("zh-Hans");
  assert.equal(t("alarms.for", { span: "3 s" }), "已持续 3 s");
  assert.equal(plainText(true), "是");
  chooseLanguage("en");
});
