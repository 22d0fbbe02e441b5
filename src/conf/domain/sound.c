/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <sound>: the guest's cards; <audio>: where they are heard. */
#include "conf/domain/devices.h"

/* clang-format off */
const char *const sound_models[SOUND_LAST] = {"sb16", "es1370", "pcspk", "ac97", "ich6", "ich9", "usb", "ich7"};
const char *const sound_codec_types[SOUND_CODEC_LAST] = {"duplex", "micro", "output"};
const char *const audio_types[AUDIO_LAST] = {
    "none", "alsa", "coreaudio", "jack", "oss", "pulseaudio", "sdl", "spice", "file", "dbus",
};

static const XmlField codec_fields[] = {
    XML_ENUM(SoundCodec, type, "@type", sound_codec_types, .required = TRUE, .always = TRUE,
             .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "unknown codec type '%s'")),
    XML_END,
};
static const XmlElement codec_element = {.size = sizeof(SoundCodec), .fields = codec_fields};

#define ICH (XML_WHEN(SOUND_ICH6) | XML_WHEN(SOUND_ICH9))

static const XmlField sound_fields[] = {
    XML_ENUM(SoundDef, model, "@model", sound_models, .required = TRUE, .always = TRUE),
    XML_LIST(SoundDef, codecs, "codec", &codec_element, .when = ICH),
    XML_TAKEN("codec"), /* elsewhere of no effect */
    XML_UINT(SoundDef, audio_id, "audio/@id", .nonzero = TRUE),
    XML_INCLUDE(SoundDef, info, &device_info_element),
    XML_END,
};
const XmlElement sound_element = {
    .size = sizeof(SoundDef), .fields = sound_fields, .variant = offsetof(SoundDef, model),
};

static const XmlField audio_fields[] = {
    XML_UINT(AudioDef, id, "@id", .required = TRUE, .nonzero = TRUE),
    XML_ENUM(AudioDef, type, "@type", audio_types, .required = TRUE, .always = TRUE),
    XML_UINT(AudioDef, timer_period, "@timerPeriod"),
    XML_STRING(AudioDef, path, "@path", .when = XML_WHEN(AUDIO_FILE)),
    XML_REFUSE("input"), XML_REFUSE("output"),
    /* Of the types that the check refuses. */
    XML_TAKEN("@tryMMap"), XML_TAKEN("@exclusive"), XML_TAKEN("@dspPolicy"), XML_TAKEN("@serverName"),
    XML_TAKEN("@driver"),
    XML_END,
};
const XmlElement audio_element = {
    .size = sizeof(AudioDef), .fields = audio_fields, .variant = offsetof(AudioDef, type),
};
/* clang-format on */

void sound_def_free(SoundDef *sound)
{
    xml_struct_free(&sound_element, sound);
}

void audio_def_free(AudioDef *audio)
{
    xml_struct_free(&audio_element, audio);
}
