/* A shared library that is linked against and then not shipped. */
int FOREIGN(void);
int FOREIGN(void) { return 0; }
