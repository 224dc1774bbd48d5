/* The statuses in words: each a sentence without a full stop, each another one, as ksg.h numbers them. */
#include <string.h>

#include "ksg.h"
#include "tap.h"

int main(void)
{
    const char *none = ksg_status_text(-1);
    bool sentences = true, different = true;

    for (int status = KSG_OK; status <= KSG_OLD_GDT_WRITTEN; status++) {
        const char *text = ksg_status_text(status);

        sentences = sentences && strlen(text) > 1 && strlen(text) < 100 && text[strlen(text) - 1] != '.';
        different = different && strcmp(text, none) != 0;
        for (int before = KSG_OK; before < status; before++)
            different = different && strcmp(text, ksg_status_text(before)) != 0;
    }
    ok(sentences, "each status has its words");
    ok(different, "which no other has");
    ok(none && strcmp(ksg_status_text(KSG_OLD_GDT_WRITTEN + 1), none) == 0 && strcmp(ksg_status_text(1 << 30), none) == 0,
       "a number that is no status has words, too");
    ok(strcmp(ksg_status_text(KSG_BUSY), "a report is being written") == 0, "they are those of its number");
    return tap_end();
}
