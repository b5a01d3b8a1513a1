import { protocolSuite } from './protocol-suite.ts';

protocolSuite('the embedded store', {});
