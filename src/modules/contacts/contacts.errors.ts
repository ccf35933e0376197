import { defineProblems } from '../../gateway/index.js';

defineProblems({
  opt_out_not_found: {
    en: 'This number is not on the list',
    ru: 'Этого номера нет в списке',
    pl: 'Tego numeru nie ma na liście',
    el: 'Αυτός ο αριθμός δεν υπάρχει στη λίστα',
  },
});
