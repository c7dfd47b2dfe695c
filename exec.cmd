@rem Runs its arguments. npm start begins with exec, so that no shell runs between npm and Node.js. The Windows shell has no exec.
@%*
