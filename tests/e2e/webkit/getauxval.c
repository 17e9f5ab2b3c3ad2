// Loaded into WebKit before its libraries.
//
// GLib ends the process when errno is not 0 after it has asked getauxval() whether it runs with another's rights ("getauxval ()
// failed: Interrupted system call"), without having set errno to 0 before. getauxval() leaves errno alone where it succeeds, and
// WebKit, which stops its threads with signals, leaves EINTR there. So GLib comes upon it now and then: it asks whenever a page
// wants to keep the screen on.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>

unsigned long getauxval(unsigned long type) {
    unsigned long (*real)(unsigned long) = (unsigned long (*)(unsigned long))dlsym(RTLD_NEXT, "getauxval");
    errno = 0;
    return real(type);
}
