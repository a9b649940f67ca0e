# What the interpreter is started with (-c). It takes the program and the job off
# a descriptor and runs them in namespaces of their own: nothing of them is a
# module, and none of it uses builtins, modules or streams that others can change.
# Names in braces are filled in by the Go side. The rest of it all is in main.py.


def start():
    import builtins
    from marshal import loads

    del globals()["start"]
    words = {"__builtins__": {}, "true": True, "false": False, "null": None}
    with open({input}, "rb") as given:
        head = given.readline()
        program = given.read()
    job, keys, sizes, compiled = eval(head.decode(), words)
    parts, at = {}, 0
    for name in sorted(sizes):
        parts[name] = program[at : at + sizes[name]]
        at += sizes[name]

    class Part:
        def __init__(self, names):
            self.__dict__ = names

    ready = {}
    own = dict(vars(builtins))

    def use(name):
        """Returns a part of the program, run once."""
        if name not in ready:
            names = {"__builtins__": own, "__name__": "ftpkg." + name, "use": use}
            ready[name] = Part(names)
            code = parts[name]
            if compiled:
                code = loads(code)
            else:
                code = compile(code, "<ftpkg " + name + ">", "exec")
            exec(code, names)
        return ready[name]

    use("main").run(job, {output}, keys)


start()
