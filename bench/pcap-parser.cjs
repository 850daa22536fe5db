// Counts the frames of a capture with the package pcap-parser: `node pcap-parser.cjs FILE`.
const { parse } = require('pcap-parser');

let frames = 0;
parse(process.argv[2])
  .on('packet', () => {
    frames += 1;
  })
  .on('end', () => console.log(frames))
  .on('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
