// Loaded into WebKit before its libraries.
//
// WebKit stops its threads by a signal whose handler waits in sigsuspend(), which always leaves EINTR in errno; and the handler does
// not put back what was there. So a thread that was stopped between a call and its look at errno takes the call for a failed one.
// GLib then ends the process ("getauxval () failed: Interrupted system call") now and then.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>

static int (*real)(const sigset_t *);

// Not in the handler, where nothing may be looked up.
__attribute__((constructor)) static void find(void) { real = (int (*)(const sigset_t *))dlsym(RTLD_NEXT, "sigsuspend"); }

int sigsuspend(const sigset_t *mask) {
    int before = errno;
    int result = real(mask);
    errno = before;
    return result;
}
