// Signs webhooks by Standard Webhooks with a package that is not ours; NODE_PATH says where it is.
//
//     sign_webhook.cjs standardwebhooks|svix '[{"secret", "id", "timestamp": seconds, "body"}, …]'
//
// Prints a JSON list of the signatures, in order.

const [name, list] = process.argv.slice(2);
const { Webhook } = require(name);

const signatures = JSON.parse(list).map(({ secret, id, timestamp, body }) =>
  new Webhook(secret).sign(id, new Date(timestamp * 1000), body),
);
console.log(JSON.stringify(signatures));
