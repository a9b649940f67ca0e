def run(this): raise NotImplementedError
