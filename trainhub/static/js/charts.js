/* Draws what the page's tables say. Colours come from the side's tokens; tooltips are drawn, not written as HTML,
   because the policy for content allows no inline style. */
"use strict";

const style = getComputedStyle(document.body);
const token = (name) => style.getPropertyValue(name).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const palette = [token("--own"), "#b7791f", "#5b7c99", "#8c4a6b", "#5f7f3a", "#7a7f87"];
const text = { color: token("--soft"), fontFamily: token("--font"), fontSize: 13 };
const shapes = ["circle", "rect", "triangle", "diamond"];

function axes(chart) {
  const names = { type: "category", data: chart.labels, axisLabel: { ...text, hideOverlap: true, ...(chart.horizontal ? { width: 132, overflow: "break", interval: 0 } : {}) }, axisTick: { show: false }, axisLine: { lineStyle: { color: token("--line-strong") } } };
  const values = { type: "value", name: chart.horizontal ? "" : chart.unit, minInterval: 1, nameTextStyle: text, axisLabel: text, splitLine: { lineStyle: { color: token("--hair") } } };
  if (!chart.horizontal) return { xAxis: names, yAxis: values };
  return { xAxis: values, yAxis: { ...names, inverse: true } };
}

// Beside a ring on a telephone no name has room; there they stand below it.
const namesBelow = (chart, box) => chart.kind === "donut" && box.clientWidth < 480;

function legend(chart, box) {
  if (namesBelow(chart, box)) {
    const value = (name) => chart.series[0].values[chart.labels.indexOf(name)];
    return { bottom: 0, left: "center", textStyle: text, formatter: (name) => `${name}  ${value(name)}` };
  }
  return chart.kind !== "donut" && chart.series.length > 1 ? { top: 0, left: 0, textStyle: text } : undefined;
}

function series(chart, box) {
  if (chart.kind === "donut") {
    const data = chart.labels.map((name, place) => ({ name, value: chart.series[0].values[place] }));
    return [{ type: "pie", radius: namesBelow(chart, box) ? ["42%", "64%"] : ["50%", "76%"], data, itemStyle: { borderColor: token("--paper"), borderWidth: 2 }, label: { ...text, show: !namesBelow(chart, box), color: token("--ink"), formatter: "{b}  {c}" } }];
  }
  return chart.series.map((one, place) => ({
    type: chart.kind, name: one.name, data: one.values, stack: chart.stacked ? "all" : undefined,
    barMaxWidth: 36, symbol: shapes[place % shapes.length], symbolSize: 7,
    label: { show: chart.kind === "bar" && chart.series.length === 1, position: chart.horizontal ? "right" : "top", formatter: (one) => one.value || "", ...text },
  }));
}

function draw(box) {
  const chart = JSON.parse(box.dataset.chart);
  box.hidden = false;
  const drawn = window.echarts.init(box, null, { renderer: "canvas" });
  const options = () => ({
    animation: !still, color: palette, textStyle: { fontFamily: token("--font") },
    grid: { left: 8, right: 24, top: chart.series.length > 1 ? (chart.horizontal ? 36 : 64) : 32, bottom: 8, containLabel: true },
    legend: legend(chart, box),
    tooltip: { trigger: chart.kind === "donut" ? "item" : "axis", renderMode: "richText", axisPointer: { type: chart.kind === "bar" ? "shadow" : "line" }, textStyle: { fontSize: 13, color: token("--ink") } },
    ...(chart.kind === "donut" ? {} : axes(chart)), series: series(chart, box),
  });
  drawn.setOption(options());
  let wereBelow = namesBelow(chart, box);
  new ResizeObserver(() => {
    drawn.resize();
    if (namesBelow(chart, box) === wereBelow) return;
    wereBelow = !wereBelow;
    drawn.setOption(options(), true);
  }).observe(box);
}

if (window.echarts) document.querySelectorAll("[data-chart]").forEach(draw);
