@rem npm start begins with exec, so that no shell stays between npm and Node.js. The shell of Windows has no such command.
@%*
