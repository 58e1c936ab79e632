#pragma once
// Some distributions build libxml2 with ICU, and its headers then pull in ICU's, which clash with the ones Foundation
// brings as a module. Only a field of an opaque structure depends on the macro.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlsave.h>

/// `xmlFree` is a mutable global function pointer, which Swift 6 does not let concurrent code read.
static inline void CLibXML2_free(void *pointer) { xmlFree(pointer); }
