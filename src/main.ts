console.log('not wired yet');
