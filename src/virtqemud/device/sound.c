/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sound cards, and the host's side of them (-audiodev). */
#include "virtqemud/command/build.h"

static const char *const audio_drivers[AUDIO_LAST] = {
    [AUDIO_NONE] = "none", [AUDIO_ALSA] = "alsa",   [AUDIO_COREAUDIO] = "coreaudio",
    [AUDIO_JACK] = "jack", [AUDIO_OSS] = "oss",     [AUDIO_PULSEAUDIO] = "pa",
    [AUDIO_SDL] = "sdl",   [AUDIO_SPICE] = "spice", [AUDIO_FILE] = "wav",
    [AUDIO_DBUS] = "dbus",
};

static const char *const sound_drivers[SOUND_LAST] = {
    [SOUND_SB16] = "sb16",      [SOUND_ES1370] = "ES1370",       [SOUND_AC97] = "AC97",
    [SOUND_ICH6] = "intel-hda", [SOUND_ICH9] = "ich9-intel-hda", [SOUND_USB] = "usb-audio",
};

static const char *const codec_drivers[SOUND_CODEC_LAST] = {
    [SOUND_CODEC_DUPLEX] = "hda-duplex", [SOUND_CODEC_MICRO] = "hda-micro", [SOUND_CODEC_OUTPUT] = "hda-output"};

char *device_audio_id(CommandBuild *build, guint id)
{
    const AudioDef *first = build->def->audios->len > 0 ? g_ptr_array_index(build->def->audios, 0) : NULL;

    if (!first)
        return NULL;
    return g_strdup_printf("audio%u", id > 0 ? id : first->id);
}

static void add_number(json_object *object, const char *key, guint value)
{
    if (value > 0)
        json_add_int(object, key, value);
}

/* What goes in or comes out; nothing is added when nothing is said of it. */
static void add_side(json_object *object, const char *key, const AudioSide *side)
{
    json_object *options = json_object_new_object();

    device_add_switch(options, "mixing-engine", side->mixing_engine);
    device_add_switch(options, "fixed-settings", side->fixed_settings);
    add_number(options, "voices", side->voices);
    add_number(options, "buffer-length", side->buffer_length_us);
    add_number(options, "frequency", side->frequency_hz);
    add_number(options, "channels", side->channels);
    json_add_string(options, "format", audio_formats[side->format]);
    json_add_string(options, "dev", side->dev);
    add_number(options, "buffer-count", side->buffer_count);
    device_add_switch(options, "try-poll", side->try_poll);
    json_add_string(options, "server-name", side->server_name);
    json_add_string(options, "client-name", side->client_name);
    json_add_string(options, "connect-ports", side->connect_ports);
    device_add_switch(options, "exact-name", side->exact_name);
    json_add_string(options, "name", side->name);
    json_add_string(options, "stream-name", side->stream_name);
    add_number(options, "latency", side->latency_us);
    if (json_object_object_length(options) > 0)
        json_add_object(object, key, options);
    else
        json_object_put(options);
}

static void add_audio(CommandBuild *build, const AudioDef *audio)
{
    json_object *object = json_object_new_object();

    json_add_stringf(object, "id", "audio%u", audio->id);
    json_add_string(object, "driver", audio_drivers[audio->type]);
    add_number(object, "timer-period", audio->timer_period_us);
    json_add_string(object, "path", audio->path);
    device_add_switch(object, "try-mmap", audio->try_mmap);
    device_add_switch(object, "exclusive", audio->exclusive);
    add_number(object, "dsp-policy", audio->dsp_policy);
    json_add_string(object, "server", audio->server_name);
    add_side(object, "in", &audio->in);
    add_side(object, "out", &audio->out);
    command_add_json(build->command, "-audiodev", object);
    if (audio->sdl_driver)
        command_add_env(build->command, "SDL_AUDIODRIVER", audio->sdl_driver);
}

gboolean build_audios(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->audios->len; i++)
        add_audio(build, g_ptr_array_index(build->def->audios, i));
    return TRUE;
}

static gboolean add_codec(CommandBuild *build, const SoundDef *sound, guint number, SoundCodecType type,
                          const char *audio_id, GError **error)
{
    json_object *object = device_new(codec_drivers[type]);

    json_add_stringf(object, "id", "%s-codec%u", sound->info.alias, number);
    json_add_stringf(object, "bus", "%s.0", sound->info.alias);
    json_add_int(object, "cad", number);
    json_add_string(object, "audiodev", audio_id);
    return device_add(build, object, error);
}

static gboolean add_codecs(CommandBuild *build, const SoundDef *sound, const char *audio_id, GError **error)
{
    guint n = sound->codecs ? sound->codecs->len : 0;

    if (n == 0)
        return add_codec(build, sound, 0, SOUND_CODEC_DUPLEX, audio_id, error);
    for (guint i = 0; i < n; i++) {
        const SoundCodec *codec = g_ptr_array_index(sound->codecs, i);

        if (!add_codec(build, sound, i, codec->type, audio_id, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean add_sound(CommandBuild *build, const SoundDef *sound, GError **error)
{
    g_autofree char *audio_id = device_audio_id(build, sound->audio_id);
    gboolean has_codecs = sound->model == SOUND_ICH6 || sound->model == SOUND_ICH9;
    json_object *object;

    if (!sound_drivers[sound->model])
        return unsupported(error, "sound card '%s'", sound_models[sound->model]);
    object = device_new(sound_drivers[sound->model]);
    json_add_string(object, "id", sound->info.alias);
    if (!has_codecs)
        json_add_string(object, "audiodev", audio_id);
    device_add_address(build, object, &sound->info);
    if (!device_add(build, object, error))
        return FALSE;
    return !has_codecs || add_codecs(build, sound, audio_id, error);
}

gboolean build_sounds(CommandBuild *build, GError **error)
{
    for (guint i = 0; i < build->def->sounds->len; i++)
        if (!add_sound(build, g_ptr_array_index(build->def->sounds, i), error))
            return FALSE;
    return TRUE;
}
