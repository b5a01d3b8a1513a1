@rem npm start says exec, so that npm waits for the server and not for a shell between them. cmd.exe has no exec.
@%*
