/** The packer of tar-stream, in a file of its own so that it is loaded only when something is packed. */
export { pack } from 'tar-stream';
