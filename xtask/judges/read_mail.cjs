// Reads a mail with a parser that is not ours (mailparser) and prints what it found as JSON.
//
//     read_mail.cjs FILE
//
// {"subject", "from", "to": [{"name", "address"}, …], "text", "html", "messageId", "headers": [names, in lower case]}

const { readFileSync } = require("node:fs");
const { simpleParser } = require("mailparser");

const addresses = (field) => (field ? field.value.map(({ name, address }) => ({ name, address })) : []);

async function main(file) {
  const mail = await simpleParser(readFileSync(file));
  const found = {
    subject: mail.subject,
    from: addresses(mail.from),
    to: addresses(mail.to),
    text: mail.text,
    html: mail.html,
    messageId: mail.messageId,
    headers: mail.headerLines.map(({ key }) => key),
  };
  console.log(JSON.stringify(found));
}

main(process.argv[2]);
