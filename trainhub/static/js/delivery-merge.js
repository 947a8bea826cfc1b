// What stands when the server's journal and the one kept on this machine meet: after a reload, a change of machine,
// a second window, or a server that came back with less. Nothing is called saved that the server did not tell of.

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// standing: what the server has: last_sequence, head, and the answers by position.
// kept: rows of this machine, in order: the change, its link where it was acknowledged here, and as `lost` a link
// that was acknowledged here and that the server does not have any more.
// isLive: this page was at work all along, so what it has unsent is newer than what the server has.
export function merge(standing, kept, isLive) {
  const last = standing.last_sequence;
  const answers = new Map();
  for (const { position, response, flagged } of standing.answers || []) {
    answers.set(position, { position, response, flagged, sequence: 0 });
  }
  const rows = kept.map((row) => checked(row, standing));
  const after = rows.filter((row) => row.sequence > last);
  const overtaken = standing.answers ? overtakenBy(answers, rows, last) : [];
  const goes = (row) => isLive || !overtaken.length || hasNone(answers, row.change.position);
  const unsent = [...overtaken, ...after].filter(goes).map((row, index) => (
    { ...row, sequence: last + 1 + index, change: { ...row.change, sequence: last + 1 + index } }
  ));
  const dropped = [...overtaken, ...after].filter((row) => !goes(row)).map((row) => row.change.position);
  for (const { sequence, change } of unsent) {
    answers.set(change.position, { position: change.position, response: change.response, flagged: change.flagged, sequence });
  }
  const stand = [...rows.filter((row) => row.sequence <= last && (row.link || !overtaken.length)), ...unsent];
  return {
    answers,
    unsent: unsent.map((row) => row.change),
    differs: rows.some((row) => row.lost),
    dropped: [...new Set(dropped)],
    rows: same(stand, kept) ? null : stand,
  };
}

// An acknowledged row that the server lacks, or has under another link, keeps the old link as evidence.
function checked(row, standing) {
  if (!row.link) return row;
  if (row.sequence > standing.last_sequence) return { ...row, link: null, lost: row.link };
  if (row.sequence === standing.last_sequence && row.link !== standing.head) {
    return { ...row, link: standing.head, lost: row.link };
  }
  return row;
}

function hasNone(answers, position) {
  const found = answers.get(position);
  return !found || found.response === null;
}

// Changes of this machine whose numbers the server has with other content: no acknowledgement came here, and the
// newest of its question is not what the server tells.
function overtakenBy(answers, rows, last) {
  const newest = new Map();
  for (const row of rows) if (row.sequence <= last) newest.set(row.change.position, row);
  return [...newest.values()].filter((row) => {
    if (row.link) return false;
    const found = answers.get(row.change.position) || { response: null, flagged: false };
    return !same(found.response, row.change.response) || found.flagged !== row.change.flagged;
  });
}
