// The types of questions: one script each in types/, named by the server, so that a new type is one more file there.
// A type offers render(question, response, texts), read(root), inputFor(root, key) and spoken(question, texts), and
// stem(question) where the question is shown otherwise than it is written.

export async function loadTypes(addresses) {
  const types = {};
  await Promise.all(Object.entries(addresses).map(async ([name, address]) => {
    types[name] = await import(address);
  }));
  return types;
}
