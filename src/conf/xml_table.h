/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * XML by table: one list of rows per element drives reading, writing and releasing, so that what is read is also
 * written. A row binds a place in the element to a member of a struct. Defaults and checks across members are not made
 * here; they are steps of their own, after reading.
 *
 * Places:   "@name"        an attribute of this element
 *           "name"         a child element (its text, or what is inside, by the row's kind)
 *           "name/@attr"   the attribute of a child that has nothing else; use XML_INSIDE when it has more
 *           "."            the text of this element
 *
 * Everything in an element that no row names is unknown. Reading passes over it, as libvirt does, unless it validates:
 * then it is refused. What the schema knows and the driver does not carry gets an XML_REFUSE row: refused always.
 *
 * Errors: VIR_FROM_XML, VIR_ERR_XML_ERROR with libvirt's wording and the line in parentheses behind it;
 * VIR_ERR_CONFIG_UNSUPPORTED for refused rows; when validating VIR_ERR_XML_INVALID_SCHEMA for unknown content and for
 * any value that is wrong; but what is beyond the schema, and numbers too large for us, keep their own codes.
 * Thread-safe; never blocks.
 */
#pragma once

#include <glib.h>

#include "common/error.h"
#include "common/xml.h"

/* What a document is read or written for. A field may be limited to some of it. */
typedef enum {
    XML_MODE_INACTIVE = 0,
    XML_MODE_LIVE = 1 << 0,       /* what runs: ids, aliases, addresses of this host */
    XML_MODE_SECURE = 1 << 1,     /* with secrets */
    XML_MODE_MIGRATABLE = 1 << 2, /* for another host */
    XML_MODE_STATUS = 1 << 3,     /* the daemon's own state file: live, with secrets, with private data */
    XML_MODE_VALIDATE = 1 << 4,   /* reading: unknown content is an error */
} XmlMode;

typedef struct XmlField XmlField;
typedef struct XmlElement XmlElement;

/* A scalar with a text of its own: UUID, MAC, address, ... */
typedef struct {
    /* FALSE with *error set, or with *error left alone for the usual "Invalid value for attribute" message. */
    gboolean (*parse)(const char *text, gpointer member, GError **error);
    /* Caller frees; NULL when the member is absent and nothing is to be written. */
    char *(*format)(gconstpointer member);
    /* NULL when there is nothing to release. */
    void (*clear)(gpointer member);
    /* Makes the bytes at member, a plain copy of another's, independent of that; NULL when they are. */
    void (*own)(gpointer member);
} XmlCodec;

/* What is said instead of the usual about a value that is wrong or missing. "%s" in text stands for the value. */
typedef struct {
    int domain; /* VIR_FROM_* */
    int code;   /* VIR_ERR_* */
    const char *text;
} XmlComplaint;

#define XML_COMPLAINT(from, number, message) (&(const XmlComplaint){from, number, message})
/* The commonest: "unsupported configuration: ...", of the domain driver. */
#define XML_UNSUPPORTED(message) XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_CONFIG_UNSUPPORTED, message)

typedef enum {
    XML_KIND_END,
    XML_KIND_STRING, /* char * */
    XML_KIND_INT,    /* int */
    XML_KIND_UINT,   /* unsigned int */
    XML_KIND_ULL,    /* unsigned long long */
    XML_KIND_ENUM,   /* an enum (int-sized) whose texts are names[] */
    XML_KIND_CODEC,
    XML_KIND_SIZE,    /* unsigned long long, in KiB: a child with a number and a unit; always written in KiB */
    XML_KIND_FLAG,    /* gboolean: there is a child of that name */
    XML_KIND_STRUCT,  /* pointer to a struct of .element, or NULL */
    XML_KIND_LIST,    /* GPtrArray of such, or NULL; one per child of that name */
    XML_KIND_STRINGS, /* GPtrArray of char *, or NULL; the texts of the children of that name */
    XML_KIND_INSIDE,  /* a child whose rows bind members of this same struct, or of one embedded in it */
    XML_KIND_INCLUDE, /* no child: rows shared by several elements, for a struct embedded in this one */
    XML_KIND_CUSTOM,  /* .parse and .format see to it; place is the child's name or "@attr" */
    XML_KIND_REFUSE,  /* known, not built */
    XML_KIND_TAKEN,   /* known, and read by another row's functions; or deliberately of no effect */
} XmlKind;

struct XmlField {
    const char *place;
    XmlKind kind;
    gsize offset;
    const char *const *names; /* ENUM: texts by value, NULL entries have none; ends at n_names */
    guint n_names;
    const XmlCodec *codec;
    const XmlElement *element;             /* STRUCT, LIST, INSIDE, INCLUDE */
    const XmlComplaint *invalid, *missing; /* NULL: the usual */
    guint when;        /* bits of .variant values that the row belongs to; 0: all. Read and written for those only */
    gboolean required; /* absent is an error */
    gboolean nonzero;  /* numbers: zero is an error */
    gboolean always;   /* written also when it equals absent; INSIDE: also when empty */
    gboolean unless_empty; /* STRUCT: not written when nothing would be inside */
    gint64 absent;         /* numbers and enums: the value that stands for "not there" */
    guint only;            /* XmlMode bits: read and written only when one of them is in the mode */
    guint write_only;      /* XmlMode bits: read always, written only when one of them is in the mode */
    /* When it returns TRUE the row is not written after all. May be NULL. */
    gboolean (*skip)(gconstpointer self, guint mode);
    /* CUSTOM. parse gets the child element, or this element when the place is an attribute or "."; called once per such
     * child. format is called once. Either may be NULL. self is the struct. */
    gboolean (*parse)(xmlNode *node, gpointer self, guint mode, GError **error);
    void (*format)(XmlWriter *writer, gconstpointer self, guint mode);
    /* CUSTOM: releases what parse made, or NULL. */
    void (*clear)(gpointer self);
    /* CUSTOM: makes what the struct, a plain copy of another, points to its own. Needed when there is a clear. */
    void (*own)(gpointer self);
    gboolean beyond_schema; /* what is complained of here is beyond the schema: the same error when validating */
};

struct XmlElement {
    gsize size;                  /* of the struct; 0 for INSIDE and INCLUDE, which make none */
    const XmlField *fields;      /* up to XML_END */
    void (*init)(gpointer self); /* sets absent values other than zero that no row names; or NULL */
    /* After the rows: what one element can check by itself. May be NULL. */
    gboolean (*parsed)(xmlNode *node, gpointer self, GError **error);
    void (*clear)(gpointer self); /* releases what no row owns; or NULL */
    void (*own)(gpointer self);   /* copying: as of a row, for what no row owns; or NULL */
    gsize variant;                /* where the struct's enum (below 32) is that rows with .when look at */
    gboolean is_long;             /* written with an end tag of its own even when it has no content */
    /* Whether it is not to be written in this mode, wherever it stands. May be NULL. */
    gboolean (*is_hidden)(gconstpointer self, guint mode);
    gboolean beyond_schema; /* what .parsed complains of is beyond the schema: the same error when validating */
};

/* clang-format off */
#define XML_AT_(type, member, ctype) \
    .offset = offsetof(type, member) + 0 * sizeof((ctype *)0 == &((type *)0)->member)

#define XML_STRING(type, member, at, ...) \
    {.place = at, .kind = XML_KIND_STRING, XML_AT_(type, member, char *), ##__VA_ARGS__}
#define XML_INT(type, member, at, ...) \
    {.place = at, .kind = XML_KIND_INT, XML_AT_(type, member, int), ##__VA_ARGS__}
#define XML_UINT(type, member, at, ...) \
    {.place = at, .kind = XML_KIND_UINT, XML_AT_(type, member, unsigned int), ##__VA_ARGS__}
#define XML_ULL(type, member, at, ...) \
    {.place = at, .kind = XML_KIND_ULL, XML_AT_(type, member, unsigned long long), ##__VA_ARGS__}
/* member is an enum or an int; texts is an array of const char * indexed by its values. */
#define XML_ENUM(type, member, at, texts, ...)                                                  \
    {.place = at, .kind = XML_KIND_ENUM, .offset = offsetof(type, member)                        \
         + 0 * sizeof(char[sizeof(((type *)0)->member) == sizeof(int) ? 1 : -1]),                \
     .names = texts, .n_names = G_N_ELEMENTS(texts), ##__VA_ARGS__}
#define XML_YESNO(type, member, at, ...) XML_ENUM(type, member, at, xml_yes_no, ##__VA_ARGS__)
#define XML_ONOFF(type, member, at, ...) XML_ENUM(type, member, at, xml_on_off, ##__VA_ARGS__)
#define XML_CODEC(type, member, at, with, ...) \
    {.place = at, .kind = XML_KIND_CODEC, .offset = offsetof(type, member), .codec = with, ##__VA_ARGS__}
#define XML_STRUCT(type, member, at, of, ...) \
    {.place = at, .kind = XML_KIND_STRUCT, .offset = offsetof(type, member), .element = of, ##__VA_ARGS__}
#define XML_LIST(type, member, at, of, ...) \
    {.place = at, .kind = XML_KIND_LIST, XML_AT_(type, member, GPtrArray *), .element = of, ##__VA_ARGS__}
#define XML_STRINGS(type, member, at, ...) \
    {.place = at, .kind = XML_KIND_STRINGS, XML_AT_(type, member, GPtrArray *), ##__VA_ARGS__}
#define XML_INSIDE(at, of, ...) {.place = at, .kind = XML_KIND_INSIDE, .element = of, ##__VA_ARGS__}
/* A child whose rows bind the struct that is this struct's member. */
#define XML_PART(type, member, at, of, ...) \
    {.place = at, .kind = XML_KIND_INSIDE, .offset = offsetof(type, member), .element = of, ##__VA_ARGS__}
#define XML_INCLUDE(type, member, of, ...) \
    {.place = "", .kind = XML_KIND_INCLUDE, .offset = offsetof(type, member), .element = of, ##__VA_ARGS__}
#define XML_SIZE(type, member, at, ...) \
    {.place = at, .kind = XML_KIND_SIZE, XML_AT_(type, member, unsigned long long), ##__VA_ARGS__}
#define XML_FLAG(type, member, at, ...) \
    {.place = at, .kind = XML_KIND_FLAG, XML_AT_(type, member, gboolean), ##__VA_ARGS__}
#define XML_CUSTOM(at, ...)     {.place = at, .kind = XML_KIND_CUSTOM, ##__VA_ARGS__}
#define XML_REFUSE(at)          {.place = at, .kind = XML_KIND_REFUSE}
#define XML_TAKEN(at)           {.place = at, .kind = XML_KIND_TAKEN}
#define XML_END                 {0}
/* For .when. */
#define XML_WHEN(value)         (1u << (value))
/* clang-format on */

/* Texts of members that are absent (0), on or off. */
typedef enum { XML_BOOL_ABSENT, XML_BOOL_YES, XML_BOOL_NO, XML_BOOL_LAST } XmlBool;
extern const char *const xml_yes_no[XML_BOOL_LAST];
extern const char *const xml_on_off[XML_BOOL_LAST];

/* Reads node by the element's rows into a new struct; free with xml_struct_free. NULL on error. */
gpointer xml_struct_parse(const XmlElement *element, xmlNode *node, guint mode, GError **error);

/* A new struct with every row's absent value. */
gpointer xml_struct_new(const XmlElement *element);

/* Writes the rows into the element that is open. */
void xml_struct_format(const XmlElement *element, XmlWriter *writer, gconstpointer self, guint mode);

/* Opens name, writes the rows, closes it. self NULL writes nothing. */
void xml_struct_write(const XmlElement *element, XmlWriter *writer, const char *name, gconstpointer self, guint mode);

/* A copy with all that the rows own; members of no row are copied as they stand. NULL for NULL. */
gpointer xml_struct_copy(const XmlElement *element, gconstpointer self);

/* The same for a struct embedded in another: makes self, a plain copy, independent of what it was copied from; and
 * releases what one owns. */
void xml_struct_own(const XmlElement *element, gpointer self);
void xml_struct_clear(const XmlElement *element, gpointer self);

/* Releases what the rows own, and the struct. NULL is fine. */
void xml_struct_free(const XmlElement *element, gpointer self);

/* Whether a row speaks of the child element. */
gboolean xml_element_knows(const XmlElement *element, xmlNode *child);

/* The value whose text is text, or -1. */
int xml_enum_find(const char *const *names, guint n_names, const char *text);

/* The usual error for a bad attribute or text: "Invalid value for attribute 'a' in element 'e': 'v'." */
void xml_set_invalid(GError **error, xmlNode *node, const char *place, const char *value, const char *expected);

/* The complaint, with value in place of its "%s" and the line of node behind it. */
void xml_set_complaint(GError **error, xmlNode *node, const XmlComplaint *complaint, const char *value);

/*
 * The number and unit in node, in bytes. Without a unit the number counts default_unit bytes. Knows b, bytes, KB, MB
 * ... EB (powers of 1000) and k, KiB, M, MiB ... E, EiB (powers of 1024), in any case. Errors: VIR_ERR_XML_ERROR for no
 * number, VIR_ERR_INVALID_ARG for an unknown unit, VIR_ERR_OVERFLOW for what does not fit.
 */
gboolean xml_size_parse(xmlNode *node, guint64 default_unit, guint64 *bytes, GError **error);

/* The same for a number in an attribute, which must be there; its unit is in the attribute "unit" beside it. */
gboolean xml_size_parse_attribute(xmlNode *node, const char *name, guint64 default_unit, guint64 *bytes,
                                  GError **error);

/* Writes <name unit='unit'>number</name>. */
void xml_size_write(XmlWriter *writer, const char *name, const char *unit, guint64 number);

/* "Missing required attribute 'a' in element 'e'". */
void xml_set_missing(GError **error, xmlNode *node, const char *place);
