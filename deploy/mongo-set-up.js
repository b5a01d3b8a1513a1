// Run by mongosh from compose.yaml: the replica set, and a user who may read and write one database alone.
/* global rs, db, sleep */
try {
  rs.status();
} catch {
  rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] });
}
while (!db.hello().isWritablePrimary) sleep(200);

const password = process.env.MONGODB_PASSWORD;
const roles = [{ role: 'readWrite', db: 'chahua' }];
if (db.getUser('chahua')) db.updateUser('chahua', { pwd: password, roles });
else db.createUser({ user: 'chahua', pwd: password, roles });
