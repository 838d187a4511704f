// Charts of results, drawn from the rows of the table that stands beneath: dots with whiskers, pairs before and after,
// and a trend. What is not in the table is in no chart either. Loaded on the pages of results only.
import { CustomChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([CustomChart, GridComponent, TooltipComponent, CanvasRenderer]);

const NARROW = 560;
const tokens = getComputedStyle(document.documentElement);
const ink = (name) => tokens.getPropertyValue(`--${name}`).trim();
const look = {
  ink: ink("ink"), soft: ink("ink-soft"), line: ink("line"), strong: ink("line-strong"), torch: ink("torch"),
  paper: ink("paper"), info: ink("info"), font: ink("font"),
};

// `cell`: where the figure stands in words, which are those of the chart too
function point(row, cell, prefix = "") {
  const name = (part) => (prefix ? prefix + part.charAt(0).toUpperCase() + part.slice(1) : part);
  const value = row.dataset[prefix || "value"];
  if (value === undefined) return null;
  const low = row.dataset[name("low")];
  const text = row.cells[cell].querySelector("strong").textContent;
  return { text, value: +value, low: low === undefined ? null : +low, high: low === undefined ? null : +row.dataset[name("high")] };
}

// what stands in the row, in one line a cell
function told(row) {
  const cells = [...row.querySelectorAll("td[data-label]")];
  const words = (node) => node.innerText.replace(/\s+/g, " ").trim();
  return [row.dataset.name, ...cells.map((cell) => `${cell.dataset.label}: ${words(cell)}`)].join("\n");
}

function stroke(color, width = 2, dash = null) {
  return { stroke: color, lineWidth: width, fill: null, lineDash: dash, lineCap: "round" };
}

function segment(x1, y1, x2, y2, style) {
  return { type: "line", shape: { x1, y1, x2, y2 }, style, silent: true };
}

function mark(x, y, kind, color) {
  const hollow = kind !== "full";
  const style = { fill: hollow ? look.paper : color, stroke: color, lineWidth: 2 };
  if (kind === "diamond") {
    return { type: "polygon", shape: { points: [[x, y - 7], [x + 7, y], [x, y + 7], [x - 7, y]] }, style };
  }
  return { type: "circle", shape: { cx: x, cy: y, r: hollow ? 5 : 6 }, style };
}

// a dot and its whisker along the x axis
function across(api, one, y, kind, color, dash) {
  const at = (value) => api.coord([100 * value, 0])[0];
  const children = [];
  if (one.low !== null) {
    children.push(segment(at(one.low), y, at(one.high), y, stroke(color, 2, dash)));
    for (const end of [one.low, one.high]) children.push(segment(at(end), y - 4, at(end), y + 4, stroke(color, 2)));
  }
  children.push(mark(at(one.value), y, kind, color));
  return children;
}

function words(x, y, text, color = look.ink, align = "left") {
  const style = { x, y, text, fill: color, font: `600 13px ${look.font}`, textAlign: align, textVerticalAlign: "middle" };
  return { type: "text", style, silent: true };
}

const tooltip = {
  renderMode: "richText", backgroundColor: look.ink, borderWidth: 0, padding: 10, confine: true,
  textStyle: { color: look.paper, fontFamily: look.font, fontSize: 13, lineHeight: 19 },
};

function axisStyle(more) {
  return {
    axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: look.line } },
    axisLabel: { color: look.soft, fontFamily: look.font, fontSize: 12, ...more },
  };
}

// rows one under the other, a scale in percent: `draw(api, row, y)` gives the shapes of a row
function listed(rows, width, height, highest, draw) {
  const narrow = width < NARROW;
  const left = narrow ? 4 : Math.min(260, Math.round(width * 0.34));
  const label = narrow
    ? { inside: true, verticalAlign: "bottom", padding: [0, 0, height / 2 - 18, -6], width: width - 24, overflow: "truncate" }
    : { width: left - 16, overflow: "break", lineHeight: 16 };
  return {
    animation: false,
    grid: { left, right: 56, top: 6, bottom: 28, outerBoundsMode: "none" },
    tooltip: { ...tooltip, trigger: "item", formatter: ({ dataIndex }) => (rows[dataIndex].row ? told(rows[dataIndex].row) : "") },
    xAxis: { type: "value", min: 0, max: highest, interval: highest > 50 ? 20 : 10, ...axisStyle({ formatter: "{value} %", alignMinLabel: narrow ? "left" : "center" }) },
    yAxis: {
      type: "category", inverse: true, data: rows.map((one) => one.name), ...axisStyle(),
      splitLine: { show: false }, z: 3,
      axisLabel: {
        ...axisStyle(label).axisLabel, color: look.ink, fontSize: 13, interval: 0,
        formatter: (name, index) => (rows[index].heading ? `{heading|${name}}` : name),
        rich: { heading: { fontWeight: 700, fontSize: 12, color: look.soft, fontFamily: look.font } },
      },
    },
    series: [{
      type: "custom", clip: false, data: rows.map((one, index) => [0, index]),
      renderItem: (params, api) => {
        const one = rows[params.dataIndex];
        if (one.heading) return { type: "group", children: [] };
        const y = api.coord([0, params.dataIndex])[1] + (narrow ? 10 : 0);
        return { type: "group", children: draw(api, one, y) };
      },
    }],
  };
}

function scale(values) {
  const most = Math.max(0, ...values.map((one) => 100 * (one.high ?? one.value)));
  return most > 60 ? 100 : Math.max(20, Math.ceil((most + 4) / 10) * 10);
}

function dots(table, width) {
  const rows = [];
  for (const row of table.tBodies ? [...table.tBodies].flatMap((body) => [...body.rows]) : []) {
    if (row.classList.contains("group-row")) rows.push({ name: row.innerText.trim(), heading: true });
    const one = row.dataset.name ? point(row, 1) : null;
    if (one) rows.push({ ...one, name: row.dataset.name, row, check: row.dataset.kind === "check" });
  }
  const kept = rows.filter((one, at) => !one.heading || (rows[at + 1] && !rows[at + 1].heading));
  if (!kept.some((one) => !one.heading)) return null;
  const step = width < NARROW ? 52 : 40;
  return {
    height: kept.length * step + 34,
    option: listed(kept, width, step, scale(kept.filter((one) => !one.heading)), (api, one, y) => {
      const color = one.check ? look.soft : look.torch;
      const end = api.coord([100 * (one.high ?? one.value), 0])[0];
      return [...across(api, one, y, one.check ? "diamond" : one.low === null ? "hollow" : "full", color), words(end + 12, y, one.text)];
    }),
  };
}

function pairs(table, width) {
  const rows = [...table.querySelectorAll("tbody tr[data-name]")]
    .map((row) => ({ name: row.dataset.name, row, before: point(row, 1, "before"), after: point(row, 2, "after") }))
    .filter((one) => one.before || one.after);
  if (!rows.length) return null;
  const step = width < NARROW ? 74 : 52;
  const all = rows.flatMap((one) => [one.before, one.after].filter(Boolean));
  return {
    height: rows.length * step + 34,
    option: listed(rows, width, step, scale(all), (api, one, y) => {
      const shapes = [];
      for (const [side, shift] of [["before", -9], ["after", 9]]) {
        const here = one[side];
        if (!here) continue;
        const color = side === "before" ? look.soft : look.torch;
        const end = api.coord([100 * (here.high ?? here.value), 0])[0];
        shapes.push(...across(api, here, y + shift, side === "before" ? "hollow" : "full", color, side === "before" ? [4, 4] : null));
        shapes.push(words(end + 12, y + shift, here.text, side === "before" ? look.soft : look.ink));
      }
      return shapes;
    }),
  };
}

// the first of a month, every so many months that about `most` of them are named
function months(from, until, most) {
  const day = new Date(from);
  const span = (new Date(until).getFullYear() - day.getFullYear()) * 12 + new Date(until).getMonth() - day.getMonth();
  const step = [1, 2, 3, 6, 12, 24, 60].find((one) => span / one <= most) ?? 120;
  const named = [];
  for (let month = day.getMonth() + 1; ; month += step) {
    const first = Date.UTC(day.getFullYear(), month, 1);
    if (first > until) return named;
    named.push(first);
  }
}

function trend(table, width) {
  const rows = [...table.querySelectorAll("tbody tr[data-value]")]
    .map((row) => ({ ...point(row, 2), row, at: Date.parse(row.dataset.on), kind: row.dataset.kind, joined: row.dataset.joined, breaks: "breaks" in row.dataset, mean: "mean" in row.dataset }));
  if (!rows.length) return null;
  const mean = rows.some((one) => one.mean);
  const factor = mean ? 1 : 100;
  const most = Math.max(...rows.map((one) => factor * (one.high ?? one.value)));
  const top = mean ? Math.ceil(most * 1.1) : most > 60 ? 100 : Math.max(20, Math.ceil((most + 6) / 10) * 10);
  const times = rows.map((one) => one.at);
  const pad = Math.max(30 * 864e5, (Math.max(...times) - Math.min(...times)) * 0.08);
  const [from, until] = [Math.min(...times) - pad, Math.max(...times) + pad];
  const named = months(from, until, width < NARROW ? 3 : 6);
  const x = (api, one) => api.coord([one.at, 0])[0];
  const y = (api, value) => api.coord([times[0], factor * value])[1];
  const before = (at) => rows.slice(0, at).reverse().find((one) => one.joined);
  return {
    height: width < NARROW ? 280 : 340,
    option: {
      animation: false,
      grid: { left: 48, right: 24, top: 24, bottom: 32, outerBoundsMode: "none" },
      tooltip: { ...tooltip, trigger: "item", formatter: ({ dataIndex }) => told(rows[dataIndex].row) },
      xAxis: {
        type: "time", min: from, max: until, ...axisStyle({ customValues: named, hideOverlap: true, formatter: (at) => new Date(at).toLocaleDateString("id-ID", { month: "short", year: "numeric", timeZone: "UTC" }) }),
        splitLine: { show: false },
      },
      yAxis: { type: "value", min: 0, max: top, ...axisStyle({ formatter: mean ? "{value}" : "{value} %" }) },
      series: [{
        type: "custom", clip: false, data: rows.map((one) => [one.at, factor * one.value]),
        renderItem: (params, api) => {
          const one = rows[params.dataIndex], px = x(api, one), py = y(api, one.value), children = [];
          const last = one.joined ? before(params.dataIndex) : null;
          if (last && last.joined === one.joined) {
            children.push(segment(x(api, last), y(api, last.value), px, py, stroke(look.torch, 2)));
          } else if (last && one.breaks) {
            const middle = (px + x(api, last)) / 2;
            children.push(segment(middle, y(api, 0), middle, y(api, top / factor), stroke(look.strong, 1.5, [3, 5])));
          }
          const color = one.kind === "recorded" ? look.info : look.torch;
          if (one.low !== null) {
            children.push(segment(px, y(api, one.low), px, y(api, one.high), stroke(color, 2)));
            for (const end of [one.low, one.high]) children.push(segment(px - 4, y(api, end), px + 4, y(api, end), stroke(color, 2)));
          }
          children.push(mark(px, py, one.kind === "sample" ? "full" : one.kind === "recorded" ? "diamond" : "hollow", color));
          const over = y(api, one.high ?? one.value) - 14;
          children.push(words(px, over, one.text, look.ink, "center"));
          return { type: "group", children };
        },
      }],
    },
  };
}

const makers = { dots, pairs, trend };

function draw(figure) {
  const table = document.getElementById(figure.dataset.table);
  const plot = figure.querySelector(".chart-plot");
  figure.hidden = false;
  const made = table && makers[figure.dataset.chart](table, plot.clientWidth);
  if (!made) {
    figure.hidden = true;
    return;
  }
  plot.style.height = `${made.height}px`;
  const chart = figure.chart ?? (figure.chart = init(plot, null, { renderer: "canvas" }));
  chart.resize();
  chart.setOption(made.option, true);
}

await document.fonts?.ready;
for (const figure of document.querySelectorAll("figure[data-chart]")) {
  draw(figure);
  let width = figure.clientWidth;
  new ResizeObserver(() => {
    if (figure.clientWidth === width || !figure.clientWidth) return;
    width = figure.clientWidth;
    draw(figure);
  }).observe(figure);
}
