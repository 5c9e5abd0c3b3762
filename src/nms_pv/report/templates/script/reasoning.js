// Three-valued logic of the definitions: true is present or met, false absent or not met, null not documented.
const MARK = new Map([[true, "✓"], [false, "✗"], [null, "?"]]);
const STATE = new Map([[true, "present"], [false, "absent"], [null, "not documented"]]);

function decided(low, high, needed) {
  if (low >= needed) return true;
  return high < needed ? false : null;
}

function counted(states, weights) {
  const sum = (silence) => states.reduce((total, state, i) => total + ((state ?? silence) ? weights[i] : 0), 0);
  return [sum(false), sum(true)];
}

// The digits to the base 3 of a number that may be longer than a double holds.
function leafStates(definition, states) {
  let left = BigInt(states);
  return new Map(
    definition.leaves.map(([name]) => {
      const digit = Number(left % 3n);
      left /= 3n;
      return [name, digit === 2 ? null : digit === 1];
    }),
  );
}

function reasoned(definition, states) {
  const leaves = leafStates(definition, states);
  const named = (name) => {
    if (!(name in definition.combined)) return { words: words(name), value: leaves.get(name), leaf: name, parts: [] };
    const inner = node(definition.combined[name]);
    return { ...inner, words: `${words(name)}: ${inner.words}` };
  };
  const node = (branch) => {
    if (typeof branch === "string") return named(branch);
    const parts = branch.of.map(node);
    const silent = parts.map((part) => (branch.silence ? (part.value ?? true) : part.value));
    const reached = decided(...counted(silent, silent.map(() => 1)), branch.needed);
    return { words: branch.words, value: branch.negated && reached !== null ? !reached : reached, parts };
  };
  if (definition.rule) return node(definition.rule);
  const parts = Object.entries(definition.points).map(([name, points]) => ({ ...named(name), points }));
  const [low, high] = counted(parts.map((part) => part.value), parts.map((part) => part.points));
  const sentence = `at least ${definition.threshold} points: ${low} documented, ${high} with what is not documented`;
  return { words: sentence, value: decided(low, high, definition.threshold), parts };
}
