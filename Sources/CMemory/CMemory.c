/* SwiftPM wants one C file in a C target; everything is in the header. */
#include "CMemory.h"
