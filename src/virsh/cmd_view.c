/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain shows: where its display is, a screenshot, its console, its events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/ip_address.h"
#include "common/xml.h"
#include "virsh/commands.h"
#include "virsh/stream_file.h"

/* ---- domdisplay ---- */

/* The host part of the connection's URI, for servers that listen on every address; NULL for a local one. */
static char *connection_host(Shell *shell)
{
    char *text = virConnectGetURI(shell->connection);
    g_autoptr(GUri) uri = text ? g_uri_parse(text, G_URI_FLAGS_NON_DNS, NULL) : NULL;
    const char *host = uri ? g_uri_get_host(uri) : NULL;

    free(text);
    return host && *host ? g_strdup(host) : NULL;
}

static char *display_host(Shell *shell, xmlNode *graphics)
{
    g_autofree char *listen = xml_attribute(graphics, "listen");
    xmlNode *element = xml_child(graphics, "listen");
    IpAddress address;

    if (!listen && element)
        listen = xml_attribute(element, "address");
    if (!listen || !*listen)
        return g_strdup("localhost");
    if (ip_address_parse(listen, &address) && ip_address_is_any(&address)) {
        char *host = connection_host(shell);

        return host ? host : g_strdup("localhost");
    }
    if (strchr(listen, ':'))
        return g_strdup_printf("[%s]", listen);
    return g_steal_pointer(&listen);
}

static char *display_socket(xmlNode *graphics)
{
    char *path = xml_attribute(graphics, "socket");
    xmlNode *element = xml_child(graphics, "listen");

    return path || !element ? path : xml_attribute(element, "socket");
}

static int port_of(xmlNode *graphics, const char *name)
{
    g_autofree char *text = xml_attribute(graphics, name);

    return text ? atoi(text) : 0;
}

/* The URI of one <graphics>, or NULL when nothing listens. */
static char *display_uri(Shell *shell, xmlNode *graphics, gboolean with_password)
{
    g_autofree char *type = xml_attribute(graphics, "type");
    g_autofree char *socket = display_socket(graphics);
    g_autofree char *host = NULL;
    g_autofree char *secret = with_password ? xml_attribute(graphics, "passwd") : NULL;
    int port = port_of(graphics, "port"), tls_port = port_of(graphics, "tlsPort");
    GString *uri;

    if (socket)
        return g_strdup_printf("%s+unix://%s", type, socket);
    if (port <= 0 && tls_port <= 0)
        return NULL;
    host = display_host(shell, graphics);
    uri = g_string_new(NULL);
    g_string_append_printf(uri, "%s://", type);
    if (secret && strcmp(type, "vnc") == 0)
        g_string_append_printf(uri, ":%s@", secret);
    g_string_append(uri, host);
    if (port > 0)
        g_string_append_printf(uri, ":%d", strcmp(type, "vnc") == 0 ? port - 5900 : port);
    if (tls_port > 0)
        g_string_append_printf(uri, "?tls-port=%d", tls_port);
    if (secret && strcmp(type, "spice") == 0)
        g_string_append_printf(uri, "%spassword=%s", tls_port > 0 ? "&" : "?", secret);
    return g_string_free(uri, FALSE);
}

/* The URIs of the domain's displays, of one type when that is given. */
static GPtrArray *displays(Shell *shell, xmlNode *domain, const char *type, gboolean with_password)
{
    GPtrArray *uris = g_ptr_array_new_with_free_func(g_free);
    xmlNode *devices = xml_child(domain, "devices");

    for (xmlNode *node = devices ? xml_first_element(devices) : NULL; node; node = xml_next_element(node)) {
        g_autofree char *own = xml_attribute(node, "type");
        char *uri;

        if (!xml_is(node, "graphics") || (type && g_strcmp0(own, type) != 0))
            continue;
        uri = display_uri(shell, node, with_password);
        if (uri)
            g_ptr_array_add(uris, uri);
    }
    return uris;
}

static const Option domdisplay_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE),
    {"include-password", OPTION_FLAG, FALSE, FALSE, COMPLETE_NOTHING, "with the password in the URI"},
    {"type", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "only displays of this type: vnc, spice"},
    {"all", OPTION_FLAG, FALSE, FALSE, COMPLETE_NOTHING, "all displays, not the first"},
    OPTION_END};

static gboolean domdisplay(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    gboolean with_password = argument_flag(arguments, "include-password");
    g_autoptr(GPtrArray) uris = NULL;
    g_autoptr(xmlDoc) doc = NULL;
    g_autoptr(GError) error = NULL;
    char *xml;

    if (!domain)
        return FALSE;
    if (virDomainIsActive(domain) != 1) {
        shell_error(shell, "Domain is not running");
        return FALSE;
    }
    xml = virDomainGetXMLDesc(domain, with_password ? VIR_DOMAIN_XML_SECURE : 0);
    if (!xml)
        return shell_fail(shell, "failed to get the XML of domain '%s'", virDomainGetName(domain));
    doc = xml_parse(xml, "domain", "(domain_definition)", VIR_FROM_NONE, &error);
    free(xml);
    if (!doc) {
        shell_error(shell, "%s", error->message);
        return FALSE;
    }
    uris = displays(shell, xmlDocGetRootElement(doc), argument_string(arguments, "type"), with_password);
    if (uris->len == 0) {
        shell_error(shell, "No graphical display found");
        return FALSE;
    }
    if (!argument_flag(arguments, "all"))
        g_ptr_array_set_size(uris, 1);
    if (argument_output(arguments) == OUTPUT_JSON) {
        print_list(OUTPUT_JSON, uris);
        return TRUE;
    }
    /* The blank line that parts commands is this one's line end; scripts count on it. */
    for (guint i = 0; i < uris->len; i++)
        printf("%s%s", i ? "\n" : "", (const char *)uris->pdata[i]);
    if (shell->is_quiet)
        putchar('\n');
    return TRUE;
}

/* ---- screenshot ---- */

static const struct {
    const char *mime, *ending;
} picture_endings[] = {{"image/png", ".png"}, {"image/x-portable-pixmap", ".ppm"}, {"image/x-portable-pixmap", ".pnm"}};

static char *picture_name(virDomainPtr domain, const char *mime)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%d-%H:%M:%S");
    const char *ending = "";

    for (gsize i = 0; i < G_N_ELEMENTS(picture_endings) && !*ending; i++) {
        if (g_str_has_prefix(mime, picture_endings[i].mime))
            ending = picture_endings[i].ending;
    }
    return g_strdup_printf("%s-%s%s", virDomainGetName(domain), time, ending);
}

static const Option screenshot_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE),
    {"file", OPTION_STRING, FALSE, FALSE, COMPLETE_FILE, "where to store the picture"},
    {"screen", OPTION_INT, FALSE, TRUE, COMPLETE_NOTHING, "number of the screen"},
    OPTION_END};

static gboolean screenshot(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    g_autofree char *path = g_strdup(argument_string(arguments, "file"));
    virStreamPtr stream;
    gboolean ok = FALSE;
    char *mime;

    if (!domain)
        return FALSE;
    stream = virStreamNew(shell->connection, 0);
    mime = stream ? virDomainScreenshot(domain, stream, (unsigned)argument_int(arguments, "screen", 0), 0) : NULL;
    if (!mime) {
        shell_fail(shell, "could not take a screenshot of %s", virDomainGetName(domain));
    } else {
        if (!path)
            path = picture_name(domain, mime);
        ok = stream_receive(shell, stream, path, FALSE, "the picture");
        if (ok)
            shell_say(shell, "Screenshot saved to %s, with type of %s", path, mime);
    }
    free(mime);
    if (stream)
        virStreamFree(stream);
    return ok;
}

/* ---- console ---- */

static const Option console_options[] = {
    OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE),
    {"devname", OPTION_STRING, FALSE, TRUE, COMPLETE_NOTHING, "alias of the character device"},
    FLAG("force", "disconnect whoever is connected already"),
    FLAG("safe", "only when the driver can keep others out"),
    OPTION_END};

static gboolean console(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    unsigned int flags = (argument_flag(arguments, "force") ? VIR_DOMAIN_CONSOLE_FORCE : 0) |
                         (argument_flag(arguments, "safe") ? VIR_DOMAIN_CONSOLE_SAFE : 0);

    return domain && console_run(shell, domain, argument_string(arguments, "devname"), flags);
}

/* ---- ttyconsole, vncdisplay ---- */

static const Option domain_only[] = {OPTION_DOMAIN(COMPLETE_DOMAIN_ACTIVE), OPTION_END};

static gboolean vncdisplay(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    char *xml = domain ? virDomainGetXMLDesc(domain, 0) : NULL;
    g_autoptr(xmlDoc) doc = xml ? xml_parse(xml, "domain", "(domain_definition)", VIR_FROM_NONE, NULL) : NULL;
    g_autoptr(GPtrArray) uris = doc ? displays(shell, xmlDocGetRootElement(doc), "vnc", FALSE) : NULL;

    free(xml);
    if (!domain)
        return FALSE;
    if (!doc)
        return shell_fail(shell, "failed to get the XML of domain '%s'", virDomainGetName(domain));
    if (uris->len == 0) {
        shell_error(shell, "Failed to get VNC port. Is this domain using VNC?");
        return FALSE;
    }
    print_value(argument_output(arguments), "display", value_string((char *)uris->pdata[0] + strlen("vnc://")));
    return TRUE;
}

/* ---- ttyconsole ---- */

static gboolean ttyconsole(Shell *shell, const Arguments *arguments)
{
    g_autoptr(virDomain) domain = argument_domain(shell, arguments);
    char *xml = domain ? virDomainGetXMLDesc(domain, 0) : NULL;
    g_autoptr(xmlDoc) doc = xml ? xml_parse(xml, "domain", "(domain_definition)", VIR_FROM_NONE, NULL) : NULL;
    xmlNode *devices = doc ? xml_child(xmlDocGetRootElement(doc), "devices") : NULL;
    xmlNode *node = devices ? xml_child(devices, "console") : NULL;
    g_autofree char *tty = node ? xml_attribute(node, "tty") : NULL;

    free(xml);
    if (!domain)
        return FALSE;
    if (!doc)
        return shell_fail(shell, "failed to get the XML of domain '%s'", virDomainGetName(domain));
    if (!tty) {
        shell_error(shell, "domain '%s' has no console on a terminal", virDomainGetName(domain));
        return FALSE;
    }
    print_value(argument_output(arguments), "tty", value_string(tty));
    return TRUE;
}

const Command view_commands[] = {
    {"console", "connect to the guest console", console_options, console, TRUE},
    {"domdisplay", "where a domain's displays are", domdisplay_options, domdisplay, TRUE, TRUE},
    {"event", "wait for and print domain events", event_options, event_run},
    {"qemu-monitor-event", "wait for and print events of QEMU's monitors", monitor_event_options, monitor_event_run,
     TRUE},
    {"screenshot", "store a picture of a domain's screen in a file", screenshot_options, screenshot, TRUE},
    {"ttyconsole", "the terminal of a domain's console", domain_only, ttyconsole, TRUE, TRUE},
    {"vncdisplay", "address of a domain's VNC display", domain_only, vncdisplay, TRUE, TRUE},
    {NULL},
};
