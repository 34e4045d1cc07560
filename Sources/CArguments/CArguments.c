#include "CArguments.h"

#include <stddef.h>

static int count;
static char **arguments;

#if defined(__GLIBC__)
/* glibc calls constructors with the arguments of main; other C libraries do not. */
__attribute__((constructor)) static void keep(int given_count, char **given) {
  count = given_count;
  arguments = given;
}
#endif

int adam_argument_count(void) { return count; }

const char *adam_argument(int index) { return index >= 0 && index < count ? arguments[index] : NULL; }
