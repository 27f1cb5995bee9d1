/** A module that uses the library. */
module io.github.dkm4j.it.modulepath {
    requires io.github.dkm4j;
}
